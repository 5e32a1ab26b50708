// Where the tests get CustomResourceDefinitions from; nothing is built of them.
module example.org/crds

go 1.24

require (
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.2.1
)
