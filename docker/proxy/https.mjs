// Loaded before the proxy where it speaks https (NODE_OPTIONS). The proxy reads its certificate once; this hands it each
// renewed one, for new connections: those that are open stay, so that nobody is cut off.
// It also tells browsers to come by https only, for 30 days from each visit on. They obey only where the certificate is good.
import { readFileSync, watchFile } from "node:fs";
import https from "node:https";

const folder = process.env.TLS_FOLDER;
const createServer = https.createServer;

https.createServer = (options, handler) => {
  const server = createServer(options, handler);
  server.prependListener("request", (_, answer) => answer.setHeader("Strict-Transport-Security", "max-age=2592000"));
  // Asked every 5 s, as Kubernetes swaps the folder that the file is in, which tells nobody.
  watchFile(`${folder}/tls.crt`, { interval: 5000 }, () => {
    try {
      const [cert, key] = ["crt", "key"].map((part) => readFileSync(`${folder}/tls.${part}`));
      server.setSecureContext({ ...options, cert, key });
      console.log("A renewed certificate is in use.");
    } catch (error) {
      console.error(`The renewed certificate cannot be used, the last one stays: ${error.message}`);
    }
  });
  return server;
};
