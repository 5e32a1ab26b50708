package main

import (
	"context"
	"fmt"
	"net/netip"
	"sync"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	cloudprovider "k8s.io/cloud-provider"
)

// balancers gives addresses to Services. kube-proxy does the balancing itself, as soon as the address is in the status.
type balancers struct {
	addresses netip.Prefix
	client    kubernetes.Interface
	// one address at a time, so that two Services never get the same one
	mutex sync.Mutex
}

func (b *balancers) EnsureLoadBalancer(
	ctx context.Context, _ string, service *v1.Service, _ []*v1.Node,
) (*v1.LoadBalancerStatus, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	taken, err := b.taken(ctx, service)
	if err != nil {
		return nil, err
	}
	address, err := b.choose(service, taken)
	if err != nil {
		return nil, err
	}
	status := &v1.LoadBalancerStatus{Ingress: []v1.LoadBalancerIngress{{IP: address.String()}}}
	// Written here and not only by the caller: the next Service is given its address by what is written.
	current, err := b.client.CoreV1().Services(service.Namespace).Get(ctx, service.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	current.Status.LoadBalancer = *status
	_, err = b.client.CoreV1().Services(service.Namespace).UpdateStatus(ctx, current, metav1.UpdateOptions{})
	return status, err
}

// taken lists the addresses of all other Services, by their owners.
func (b *balancers) taken(ctx context.Context, service *v1.Service) (map[netip.Addr]string, error) {
	services, err := b.client.CoreV1().Services("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	taken := map[netip.Addr]string{}
	for _, other := range services.Items {
		if other.UID == service.UID {
			continue
		}
		for _, ingress := range other.Status.LoadBalancer.Ingress {
			if address, err := netip.ParseAddr(ingress.IP); err == nil {
				taken[address] = other.Namespace + "/" + other.Name
			}
		}
	}
	return taken, nil
}

// choose takes the address that the Service asks for, else the one that it has, else the first free one.
func (b *balancers) choose(service *v1.Service, taken map[netip.Addr]string) (netip.Addr, error) {
	if asked := service.Spec.LoadBalancerIP; asked != "" {
		address, err := netip.ParseAddr(asked)
		if err != nil || !b.addresses.Contains(address) {
			return netip.Addr{}, fmt.Errorf("loadBalancerIP %s is not in %s", asked, b.addresses)
		}
		if owner, is := taken[address]; is {
			return netip.Addr{}, fmt.Errorf("loadBalancerIP %s is already used by Service %s", asked, owner)
		}
		return address, nil
	}
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		if address, err := netip.ParseAddr(ingress.IP); err == nil && b.addresses.Contains(address) {
			return address, nil
		}
	}
	for address := b.addresses.Masked().Addr().Next(); b.addresses.Contains(address); address = address.Next() {
		if _, is := taken[address]; !is {
			return address, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("no address of %s is free", b.addresses)
}

func (b *balancers) GetLoadBalancer(
	_ context.Context, _ string, service *v1.Service,
) (*v1.LoadBalancerStatus, bool, error) {
	return &service.Status.LoadBalancer, len(service.Status.LoadBalancer.Ingress) > 0, nil
}

func (b *balancers) GetLoadBalancerName(_ context.Context, _ string, service *v1.Service) string {
	return cloudprovider.DefaultLoadBalancerName(service)
}

func (b *balancers) UpdateLoadBalancer(context.Context, string, *v1.Service, []*v1.Node) error { return nil }

func (b *balancers) EnsureLoadBalancerDeleted(context.Context, string, *v1.Service) error { return nil }
