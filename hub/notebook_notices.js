// Extension of JupyterLab 4, written by hand as the container of one module: shows the notices of notebook_activity.py.
(() => {
  const show = async (app) => {
    await app.restored;
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    for (const notice of config.jupyterhubNotices ?? []) {
      await app.commands.execute("apputils:notify", notice);
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
