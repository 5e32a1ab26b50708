// The postStart hook of the proxy's container: copies the routes of the old proxy before the new one is ready. Without them,
// requests for running notebooks would go to the hub until it checks the routes.
// It never fails: there may be no other proxy, or one with another token.
import { setTimeout as pause } from "node:timers/promises";

const { CONFIGPROXY_AUTH_TOKEN: token, OTHER_PROXY: other } = process.env;
const own = "http://127.0.0.1:8001";

async function ask(proxy, path = "", options = {}) {
  const headers = { Authorization: `token ${token}` };
  const answer = await fetch(`${proxy}/api/routes${path}`, { headers, signal: AbortSignal.timeout(3000), ...options });
  if (!answer.ok) throw new Error(`${proxy} answers ${answer.status}`);
  return answer;
}

async function started() {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await ask(own);
    } catch {
      await pause(100);
    }
  }
}

try {
  const routes = await (await ask(other)).json();
  await started();
  for (const [path, { last_activity: _, ...route }] of Object.entries(routes)) {
    await ask(own, path, { method: "POST", body: JSON.stringify(route) });
  }
} catch (error) {
  console.log(`No routes were copied: ${error.message}`);
}
