async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function register(name) {
  const { publicKey } = await post("/register/start", { name });
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
  const credential = await navigator.credentials.create({ publicKey: options });
  await post("/register/finish", credential);
}

async function signIn(name) {
  const { publicKey } = await post("/sign-in/start", { name });
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  const credential = await navigator.credentials.get({ publicKey: options });
  await post("/sign-in/finish", credential);
}

function onClick(id, action) {
  const button = document.getElementById(id);
  if (!button) return;
  button.onclick = async () => {
    const problem = document.getElementById("problem");
    problem.textContent = "";
    try {
      await action(document.getElementById("name")?.value ?? "");
      location.reload();
    } catch (error) {
      // The server's words, or the browser's if the user has cancelled, for example.
      problem.textContent = error.message;
    }
  };
}

onClick("register", register);
onClick("sign-in", signIn);
