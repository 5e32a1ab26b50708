// Imported before a proxy with https (NODE_OPTIONS). The proxy reads its certificate once; this script reloads a renewed one
// for new connections, and keeps the open ones.
// It also sets HSTS for 30 days. Browsers ignore it if the certificate is not trusted.
import { readFileSync, watchFile } from "node:fs";
import https from "node:https";

const folder = process.env.TLS_FOLDER;
const createServer = https.createServer;

https.createServer = (options, handler) => {
  const server = createServer(options, handler);
  server.prependListener("request", (_, answer) => answer.setHeader("Strict-Transport-Security", "max-age=2592000"));
  // Polled every 5 s: Kubernetes replaces the folder of the file, which file system events do not show.
  watchFile(`${folder}/tls.crt`, { interval: 5000 }, () => {
    try {
      const [cert, key] = ["crt", "key"].map((part) => readFileSync(`${folder}/tls.${part}`));
      server.setSecureContext({ ...options, cert, key });
      console.log("A renewed certificate is in use.");
    } catch (error) {
      console.error(`The renewed certificate cannot be used, the previous one stays in use: ${error.message}`);
    }
  });
  return server;
};
