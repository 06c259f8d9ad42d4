// Runs in every archived page, before its own scripts. The walls are in the headers (front.py); this keeps the archive usable
// behind them: a link that wants a window of its own opens in the frame, where a sandbox would have it do nothing.
(() => {
  // The bar asks the server what this document is; one that came for a frame within a page and now has the bar's frame to
  // itself (target=_top) asks to be fetched as what it has become.
  const token = document.currentScript.src.split("?")[1];
  const [, stamp, mode, url] = /\/replay\/(\d+)([a-z]{2}_)\/(.+)/.exec(document.URL) || [];
  const bar = window.__WB_top_frame;  // wombat's word for what is around the page; none within a page
  if (token) bar?.postMessage({served: token}, "*");
  else if (mode === "if_") bar?.postMessage({again: [stamp, url]}, "*");

  // A frame within a page is asked for as one, or the server takes it for the page itself.
  const inner = (frame) => {
    const asked = frame.getAttribute("src") && frame.src.replace(/^(https?:\/\/[^/]+\/replay\/\d+)mp_\//, "$1if_/");
    if (asked && asked !== frame.src) frame.src = asked;
  };
  new MutationObserver(() => document.querySelectorAll("iframe").forEach(inner))
    .observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ["src"]});

  // Archived cookies are no part of a capture, and these would be everyone's on this host.
  const crumbless = (win) => {
    const none = {configurable: false, enumerable: true, get() { return ""; }, set() {}};
    Object.defineProperty(win.Document.prototype, "cookie", none);
    Object.defineProperty(win.document, "cookie", none);
    Object.defineProperty(win, "cookieStore", {configurable: false, value: undefined});
    delete win.CookieStore;
  };
  const wants = (name) => name && !["_self", "_parent", "_top"].includes(String(name).toLowerCase()) && !window.frames[name];
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[target], area[target]");
    if (link && wants(link.target)) link.target = "_self";
  }, true);
  document.addEventListener("submit", (event) => {
    if (wants(event.target.target)) event.target.target = "_self";
  }, true);
  window.open = (url) => {
    if (url) window.location.assign(url);
    return null;
  };

  // Two things that no header forbids in today's browsers: connections of WebRTC (Chromium does not know the policy's word
  // "webrtc"), and the connection that a browser opens for a navigation before it asks frame-src. Both are taken away here,
  // from this window and from those of empty frames as a script gets hold of them.
  const here = location.origin, tamed = new WeakSet();
  const tame = (win) => {
    try {
      if (!win || tamed.has(win) || win.location.origin !== here && win.location.protocol !== "about:") return win;
      tamed.add(win);
      crumbless(win);
      for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete win[name];
      win.navigation?.addEventListener("navigate", (event) => {
        const to = new URL(event.destination.url);
        if (/^https?:$/.test(to.protocol) && to.origin !== here) event.preventDefault();
      });
    } catch { /* a window of another origin: it has nothing of ours */ }
    return win;
  };
  const watch = (prototype, name, window_of) => {
    const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
    if (get) Object.defineProperty(prototype, name, {configurable: true, enumerable: true, get() {
      const value = get.call(this);
      tame(window_of(value));
      return value;
    }});
  };
  tame(window);
  for (const kind of [HTMLIFrameElement, HTMLFrameElement, HTMLObjectElement]) {
    watch(kind.prototype, "contentWindow", (win) => win);
    watch(kind.prototype, "contentDocument", (doc) => doc?.defaultView);
  }
  new MutationObserver(() => { for (let n = 0; n < window.length; n++) tame(window[n]); })
    .observe(document, {childList: true, subtree: true});
})();
