// Command pulumi-resource-kubernetes is Pulumi's Kubernetes provider. Upstream's own main package embeds a schema that
// is not in the Go module under the name that it wants; the build puts the module's schema.json and
// terraform-mapping.json beside this file.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() { provider.Serve("kubernetes", version.Version, schema, mapping) }
