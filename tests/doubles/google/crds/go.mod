// Where the tests get the Gateway API's CustomResourceDefinitions from; nothing is built of it.
module example.org/crds

go 1.24

require sigs.k8s.io/gateway-api v1.2.1
