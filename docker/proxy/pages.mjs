// Imported before the proxy (node --import). Pages in words in place of the bare statuses of configurable-http-proxy, when the
// hub cannot show one, and of Node, when it refuses a request. It also refuses large requests to the hub, which would read
// them into memory; requests to notebooks, such as uploads, have no limit of size or time.
import http, { STATUS_CODES } from "node:http";
import https from "node:https";
import ConfigurableProxy from "./node_modules/configurable-http-proxy/lib/configproxy.js";
import { isHub } from "./hub-route.mjs";

const largestHubRequest = 1024 * 1024; // bytes, as `MAX_BODY_BYTES` in hub/limits.py

const pages = {
  400: {
    title: "This request cannot be read",
    text: "The link may be incomplete, or have a % that is no part of a code such as %20. Check it, then try again.",
  },
  413: {
    title: "This request is too large",
    text: "The hub takes at most 1 MiB. There is no such limit for files that you upload in your notebook.",
  },
  431: {
    title: "Your browser sends too many cookies",
    text: "This hub takes at most 64 KiB of cookies and headers. Delete the cookies of this site, then load the page again.",
  },
  503: {
    title: "The hub is not available right now",
    text: "It is usually back within a minute, and running notebooks continue. This page reloads by itself.",
    reload: '<meta http-equiv="refresh" content="5">',
  },
};

function page(code) {
  const { title, text, reload = "" } = pages[code] ?? {
    title: `${code} ${STATUS_CODES[code]}`,
    text: "Load the page again. If it does not help, tell the operator of this hub.",
  };
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${reload}
<title>${title}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 20vh auto 0; padding: 0 1rem; }
</style>
</head>
<body>
<h1>${title}</h1>
<p>${text}</p>
</body>
</html>
`;
}

const headers = (body) => ({
  "Content-Type": "text/html; charset=utf-8",
  "Content-Length": Buffer.byteLength(body),
  "Cache-Control": "no-store",
  Connection: "close",
});

// The proxy's last resort: the hub did not answer either.
ConfigurableProxy.prototype._handleProxyErrorDefault = (code, _kind, _request, answer) => {
  if (answer.writableEnded) return;
  const body = page(code);
  if (!answer.headersSent) answer.writeHead(code, headers(body)).write(body);
  answer.end();
};

class Refusal extends Error {
  constructor(code) {
    super(STATUS_CODES[code]);
    this.code = code;
  }
}

const { targetForReq, handleProxyError, logResponse } = ConfigurableProxy.prototype;

// Called for each request and each websocket before it is forwarded.
ConfigurableProxy.prototype.targetForReq = async function (request) {
  const target = await targetForReq.call(this, request).catch((error) => {
    throw error instanceof URIError ? new Refusal(400) : error;
  });
  if (isHub(target) && Number(request.headers["content-length"]) > largestHubRequest) throw new Refusal(413);
  return target;
};

ConfigurableProxy.prototype.handleProxyError = function (code, kind, request, answer, error) {
  if (!(error instanceof Refusal)) return handleProxyError.apply(this, arguments);
  this.log.warn("%s %s %s", error.code, request.method, request.url.split("?", 1)[0]);
  if (kind === "web") this._handleProxyErrorDefault(error.code, kind, request, answer);
  else answer.end(`HTTP/1.1 ${error.code} ${error.message}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
};

// The hub asks for its mark once a second (hub/proxy.py).
ConfigurableProxy.prototype.logResponse = function (request, answer) {
  if (request.method === "GET" && answer.statusCode === 200 && request.url === "/api/routes/hub/checked-routes") return;
  logResponse.call(this, request, answer);
};

const codes = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

// A request that Node refuses never reaches the proxy's code.
function refuse(error, socket) {
  // Called again for the rest of the request, which comes after the answer.
  if (!socket.writable) return;
  const code = codes[error.code] ?? 400;
  const body = page(code);
  const head = Object.entries(headers(body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\n${head.join("")}\r\n${body}`);
  // Not at once: the rest of the request would reset the connection, and the browser would not show the answer.
  setTimeout(() => socket.destroy(), 5000);
}

for (const module of [http, https]) {
  const { createServer } = module;
  module.createServer = (...given) => {
    const server = createServer(...given).on("clientError", refuse);
    // Milliseconds for a whole request. Node's 5 minutes would end the upload of a large file; headers have a minute.
    server.requestTimeout = 0;
    return server;
  };
}
