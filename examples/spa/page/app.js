const { api } = await (await fetch("config.json")).json();
const element = (id) => document.getElementById(id);
let events, socket;

/** Calls the API. Throws the text of an error. */
async function call(method, path, body) {
  const response = await fetch(api + path, {
    method,
    credentials: "include", // sends and stores the cookie for another origin
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  if (response.status === 401) show(null);
  if (!response.ok) throw new Error(`${response.status}: ${(await response.json()).error}`);
  if (response.status !== 204) return response.json();
}

/** Shows the messages to a user, and the form for signing in to an anonymous user. */
function show(user) {
  events?.close();
  socket?.close();
  element("sign-in").hidden = user !== null;
  element("board").hidden = user === null;
  element("user").textContent = user ?? "";
  element("messages").replaceChildren();
  if (user === null) return;
  events = new EventSource(`${api}/events`, { withCredentials: true });
  events.onopen = () => element("messages").replaceChildren();
  events.onmessage = ({ data }) => {
    const { user, text } = JSON.parse(data);
    const item = document.createElement("li");
    item.textContent = `${user}: ${text}`;
    element("messages").append(item);
  };
  socket = new WebSocket(`${api.replace(/^http/, "ws")}/socket`);
  socket.onopen = socket.onclose = () => (element("by-socket").disabled = socket.readyState !== 1);
  socket.onmessage = ({ data }) => (element("status").textContent = data);
}

/** Runs an action, and shows its error. */
const attempt = (action) => async (event) => {
  event.preventDefault();
  element("status").textContent = "";
  await action(event).catch((error) => (element("status").textContent = error.message));
};

async function signIn({ target }) {
  await call("POST", "/login", Object.fromEntries(new FormData(target)));
  target.reset();
  show((await call("GET", "/me")).user);
}

async function signOut() {
  await call("POST", "/logout");
  show(null);
}

async function post({ target, submitter }) {
  const text = target.elements.text.value;
  if (submitter.id === "by-socket") socket.send(text);
  else await call("POST", "/messages", { text });
  target.reset();
}

element("sign-in").onsubmit = attempt(signIn);
element("sign-out").onclick = attempt(signOut);
element("post").onsubmit = attempt(post);
element("panic").onclick = attempt(() => call("POST", "/panic"));
element("slow").onclick = attempt(() => call("POST", "/slow"));
call("GET", "/me").then(({ user }) => show(user), () => show(null));
