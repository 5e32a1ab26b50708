// Loaded before the proxy where Google's Identity-Aware Proxy stands in front of it (node --import). What that says about a
// visitor is for the hub: whoever has it can sign in there as that visitor for some minutes. A notebook is somebody else's.
import ConfigurableProxy from "./node_modules/configurable-http-proxy/lib/configproxy.js";

const { targetForReq } = ConfigurableProxy.prototype;
const ofIap = /^(__Host-)?GCP_IAP_/i;

// Called for each request and each websocket, before it is sent on.
ConfigurableProxy.prototype.targetForReq = async function ({ headers }) {
  const target = await targetForReq.apply(this, arguments);
  if (target?.prefix !== "/") {
    delete headers["x-goog-iap-jwt-assertion"];
    if (headers.cookie) headers.cookie = headers.cookie.split("; ").filter((cookie) => !ofIap.test(cookie)).join("; ");
  }
  return target;
};
