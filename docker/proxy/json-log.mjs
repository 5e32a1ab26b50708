// Imported before a proxy with `monitoring.logs: json` (node --import), before the other modules. It logs one JSON object a
// line, with the fields that Cloud Logging knows, in place of the lines of configurable-http-proxy, and of this folder's modules.
import { format as text } from "node:util";
import winston from "winston";

const severities = { error: "ERROR", warn: "WARNING", info: "INFO", log: "INFO", debug: "DEBUG" };
const { createLogger, format } = winston;

function line(level, message) {
  const severity = severities[level] ?? "DEFAULT";
  return JSON.stringify({ severity, time: new Date().toISOString(), logger: "ConfigProxy", message });
}

// The transport of configurable-http-proxy prints what the format returns.
winston.createLogger = (options) =>
  createLogger({
    ...options,
    format: format.combine(
      format.splat(),
      format.printf(({ level, message }) => line(level, message)),
    ),
  });

for (const level of ["error", "warn", "info", "log", "debug"]) {
  const stream = level === "error" || level === "warn" ? process.stderr : process.stdout;
  console[level] = (...parts) => stream.write(`${line(level, text(...parts))}\n`);
}
