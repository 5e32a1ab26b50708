// Tells the hub's routes from those of notebooks and services: "/" is the default target of the proxy, and with a base URL the
// hub adds one such as "/jupyter" (HUB_ROUTE).
const { HUB_ROUTE: route = "/" } = process.env;

export const isHub = (target) => target?.prefix === "/" || target?.prefix === route;
