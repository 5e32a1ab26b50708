// Extension of JupyterLab 4, written by hand as the container of one module: shows the notices of the hub in the server.
(() => {
  const show = async (app) => {
    await app.restored;
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const tell = async (notices) => {
      for (const notice of notices ?? []) {
        await app.commands.execute("apputils:notify", notice);
      }
    };
    await tell(config.jupyterhubNotices);
    if (config.jupyterhubContent) {
      // The answer comes when the repositories of notebook_content.py are pulled.
      // JupyterHub refuses requests that are no visits of a page without this header.
      const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
      const answer = await fetch(`${config.baseUrl}jupyterhub/content`, { headers: { "X-XSRFToken": xsrf } });
      await tell(answer.ok ? await answer.json() : []);
    }
  };
  const plugin = {
    id: "jupyterhub-notices:plugin",
    autoStart: true,
    // JupyterLab is restored after all plugins are active, so this one must not wait for it.
    activate: (app) => void show(app),
  };
  const container = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
  (window._JUPYTERLAB ??= {})["jupyterhub-notices"] = container;
})();
