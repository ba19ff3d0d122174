// The frame around Swagger UI: which document, the key that is filled in, the labels, light or dark.
"use strict";

(function () {
  const setup = JSON.parse(document.getElementById("setup").textContent);
  const wanted = new URLSearchParams(window.location.search).get("api");
  const api = wanted in setup ? wanted : "hyperstudy";
  const { url, scheme, secret, tokens } = setup[api];

  // Swagger UI has a dark dress of its own; the system says which one is worn.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", dress);
  dress();

  for (const link of document.querySelectorAll("[data-api]")) {
    if (link.dataset.api === api) link.setAttribute("aria-current", "page");
  }
  for (const link of document.querySelectorAll("[data-form]")) {
    link.href = url.replace(/json$/, link.dataset.form);
  }

  // A label beside each summary, so that it is seen before anything is opened.
  function fidelity(system) {
    const { createElement } = system.React;
    const withLabel = (Original) => (props) => {
      const { path, method } = props.operationProps.toObject();
      const label = system.getSystem().specSelectors.specJson().getIn(["paths", path, method, "x-fidelity"]);
      if (!label) return createElement(Original, props);
      const badge = createElement("span", { className: `fidelity ${label}` }, label);
      return createElement("div", { className: "labelled" }, createElement(Original, props), badge);
    };
    return { wrapComponents: { OperationSummary: withLabel } };
  }

  // Only the machine that the server runs on is given a token; elsewhere, one can still be typed in.
  async function mintedToken() {
    const answer = await fetch(tokens, { method: "POST" });
    return answer.ok ? (await answer.json()).token : undefined;
  }

  const ui = window.SwaggerUIBundle({
    url,
    domNode: document.getElementById("reference"),
    plugins: [fidelity],
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    showExtensions: true,
    requestSnippetsEnabled: true,
    // Swagger's own validator is on the internet; this page never leaves the machine.
    validatorUrl: null,
    onComplete: async () => {
      const credential = tokens ? await mintedToken() : secret;
      if (credential) ui.preauthorizeApiKey(scheme, credential);
      document.body.dataset.ready = api;
    },
  });
})();
