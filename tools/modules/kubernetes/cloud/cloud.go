package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"

	cloudprovider "k8s.io/cloud-provider"
)

const providerName = "local"

// settings is the file given by --cloud-config.
type settings struct {
	// Addresses is the range that load balancers get their addresses from, for example 127.100.0.0/24.
	Addresses string `json:"addresses"`
	// Volumes is the folder of this machine that holds a folder for each volume.
	Volumes string `json:"volumes"`
	// Provisioner is the name by which a StorageClass asks for these volumes.
	Provisioner string `json:"provisioner"`
}

// localCloud has load balancers and volumes, and nothing else of a cloud.
type localCloud struct {
	settings  settings
	addresses netip.Prefix
	balancers *balancers
}

func newLocalCloud(file io.Reader) (cloudprovider.Interface, error) {
	if file == nil {
		return nil, fmt.Errorf("--cloud-config is missing")
	}
	cloud := &localCloud{}
	if err := json.NewDecoder(file).Decode(&cloud.settings); err != nil {
		return nil, fmt.Errorf("--cloud-config: %w", err)
	}
	prefix, err := netip.ParsePrefix(cloud.settings.Addresses)
	if err != nil {
		return nil, fmt.Errorf("--cloud-config: addresses: %w", err)
	}
	cloud.addresses = prefix
	cloud.balancers = &balancers{addresses: prefix}
	return cloud, nil
}

func (c *localCloud) Initialize(builder cloudprovider.ControllerClientBuilder, stop <-chan struct{}) {
	c.balancers.client = builder.ClientOrDie("load-balancers")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-stop
		cancel()
	}()
	go runProvisioner(ctx, builder.ClientOrDie("volumes"), c.settings)
}

func (c *localCloud) LoadBalancer() (cloudprovider.LoadBalancer, bool) { return c.balancers, true }
func (c *localCloud) Instances() (cloudprovider.Instances, bool)       { return nil, false }
func (c *localCloud) InstancesV2() (cloudprovider.InstancesV2, bool)   { return nil, false }
func (c *localCloud) Zones() (cloudprovider.Zones, bool)               { return nil, false }
func (c *localCloud) Clusters() (cloudprovider.Clusters, bool)         { return nil, false }
func (c *localCloud) Routes() (cloudprovider.Routes, bool)             { return nil, false }
func (c *localCloud) ProviderName() string                             { return providerName }
func (c *localCloud) HasClusterID() bool                               { return true }

