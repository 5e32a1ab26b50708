// Loaded before the proxy where Google's Identity-Aware Proxy stands in front of it (node --import). What that says about a
// visitor is for the hub: whoever has it can sign in there as that visitor for some minutes. A notebook is somebody else's.
import ConfigurableProxy from "./node_modules/configurable-http-proxy/lib/configproxy.js";

const { targetForReq } = ConfigurableProxy.prototype;

// Called for each request and each websocket, before it is sent on.
ConfigurableProxy.prototype.targetForReq = async function (request) {
  const target = await targetForReq.call(this, request);
  if (target?.prefix !== "/") delete request.headers["x-goog-iap-jwt-assertion"];
  return target;
};
