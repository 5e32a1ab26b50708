// Package ext has the types by which Traefik can be extended, without an extension. Traefik's own is a module inside of its
// repository that no proxy of Go modules has.
package ext

// HTTP extends the dynamic configuration.
type HTTP struct{}

// Router extends a router.
type Router struct{}

// RouterIng extends a router by annotations of an Ingress.
type RouterIng struct{}

// ToRouter returns the router of the annotations.
func (RouterIng) ToRouter() Router { return Router{} }
