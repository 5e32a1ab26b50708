// Imported before a proxy behind Identity-Aware Proxy (node --import). It removes IAP's header and cookies from requests to
// notebooks: the owner of a notebook could sign in to the hub as the visitor with them, for some minutes.
import ConfigurableProxy from "./node_modules/configurable-http-proxy/lib/configproxy.js";
import { isHub } from "./hub-route.mjs";

const { targetForReq } = ConfigurableProxy.prototype;
const ofIap = /^(__Host-)?GCP_IAP_/i;

// Called for each request and each websocket before it is forwarded.
ConfigurableProxy.prototype.targetForReq = async function ({ headers }) {
  const target = await targetForReq.apply(this, arguments);
  if (!isHub(target)) {
    delete headers["x-goog-iap-jwt-assertion"];
    if (headers.cookie) headers.cookie = headers.cookie.split("; ").filter((cookie) => !ofIap.test(cookie)).join("; ");
  }
  return target;
};
