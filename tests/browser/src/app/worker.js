// Answers every navigation itself, in the way that its own address asks for.
const way = new URL(self.location).searchParams.get("way");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => {
    const preload = way === "preload" && self.registration.navigationPreload.enable();
    event.waitUntil(Promise.all([preload, self.clients.claim()]));
});
self.addEventListener("fetch", event => {
    if (event.request.mode === "navigate") event.respondWith(answer(event));
});

async function answer(event) {
    const { request } = event;
    if (way === "preload") return (await event.preloadResponse) ?? fetch(request);
    if (way === "pass") return fetch(request);
    // A request of the worker's own, with the same contents.
    const body = request.method === "GET" ? undefined : await request.blob();
    return fetch(request.url, { method: request.method, headers: request.headers, body });
}
