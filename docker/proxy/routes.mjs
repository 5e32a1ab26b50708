// The proxy's routing table (--storage-backend). configurable-http-proxy keeps it in memory only, so that running notebooks
// would be out of reach after a crash. A restarted proxy reads its routes from a file in the pod's emptyDir; a new pod copies
// those of the proxy that it replaces. The hub then checks the routes of each new process (hub/proxy.py).
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { MemoryStore } from "./node_modules/configurable-http-proxy/lib/store.js";

const { OTHER_PROXY: other, ROUTES_FILE: file } = process.env;

class Routes extends MemoryStore {
  #loaded;
  #saving;

  constructor({ authToken, log }) {
    super();
    this.log = log;
    this.#loaded = this.#load(authToken);
  }

  async get(path) {
    await this.#loaded;
    return super.get(path);
  }

  async getTarget(path) {
    await this.#loaded;
    return super.getTarget(path);
  }

  async getAll() {
    await this.#loaded;
    return super.getAll();
  }

  add(path, route) {
    this.#save();
    return super.add(path, route);
  }

  async remove(path) {
    await this.#loaded;
    this.#save();
    return super.remove(path);
  }

  // Adds the old routes. Routes that were added meanwhile are newer.
  async #load(token) {
    const routes = this.#read() ?? (await this.#ask(token));
    for (const [path, route] of Object.entries(routes)) {
      // Others are no routes of the hub's: the default target, and the hub's mark that it has checked this process.
      if (!route.jupyterhub || this.cleanPath(path) in this.routes) continue;
      this.add(path, { ...route, last_activity: new Date(route.last_activity) });
    }
  }

  // Returns the routes of this pod's last process; undefined in a new pod.
  #read() {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      if (error.code !== "ENOENT") this.log.error(`${file} cannot be read: ${error.message}`);
    }
  }

  async #ask(token) {
    try {
      const headers = { Authorization: `token ${token}` };
      const answer = await fetch(`${other}/api/routes`, { headers, signal: AbortSignal.timeout(3000) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return await answer.json();
    } catch (error) {
      // There may be no other proxy, or one with another token.
      this.log.info(`No routes were copied from ${other}: ${error.cause?.message ?? error.message}`);
      return {};
    }
  }

  // Writes the file once for all changes of 100 ms.
  #save() {
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined;
      try {
        writeFileSync(`${file}.new`, JSON.stringify(this.routes));
        renameSync(`${file}.new`, file);
      } catch (error) {
        this.log.error(`The routes cannot be kept in ${file}: ${error.message}`);
      }
    }, 100);
  }
}

// What `require` returns, with which configurable-http-proxy loads this file.
export { Routes as "module.exports" };
