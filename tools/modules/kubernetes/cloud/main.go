// Command cloud stands in for the two parts of GKE that the local cluster lacks: the controller that gives a Service
// of type LoadBalancer its address, and the one that makes a volume for a PersistentVolumeClaim.
package main

import (
	"os"

	"k8s.io/apimachinery/pkg/util/wait"
	cloudprovider "k8s.io/cloud-provider"
	"k8s.io/cloud-provider/app"
	"k8s.io/cloud-provider/app/config"
	"k8s.io/cloud-provider/names"
	"k8s.io/cloud-provider/options"
	"k8s.io/component-base/cli"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/klog/v2"
)

func main() {
	cloudprovider.RegisterCloudProvider(providerName, newLocalCloud)
	cloudOptions, err := options.NewCloudControllerManagerOptions()
	if err != nil {
		klog.Fatalf("cannot make the options: %v", err)
	}
	services := map[string]app.ControllerInitFuncConstructor{
		names.ServiceLBController: app.DefaultInitFuncConstructors[names.ServiceLBController],
	}
	command := app.NewCloudControllerManagerCommand(
		cloudOptions, initCloud, services, names.CCMControllerAliases(), cliflag.NamedFlagSets{}, wait.NeverStop)
	os.Exit(cli.Run(command))
}

func initCloud(complete *config.CompletedConfig) cloudprovider.Interface {
	settings := complete.ComponentConfig.KubeCloudShared.CloudProvider
	cloud, err := cloudprovider.InitCloudProvider(settings.Name, settings.CloudConfigFile)
	if err != nil {
		klog.Fatalf("cannot start the local cloud: %v", err)
	}
	return cloud
}
