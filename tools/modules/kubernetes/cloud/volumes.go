package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// volumes makes a folder of this machine for each claim.
type volumes struct{ folder string }

func runProvisioner(ctx context.Context, client kubernetes.Interface, settings settings) {
	provisioner := &volumes{folder: settings.Volumes}
	controller.NewProvisionController(
		ctx, client, settings.Provisioner, provisioner, controller.LeaderElection(false)).Run(ctx)
}

func (p *volumes) Provision(
	_ context.Context, options controller.ProvisionOptions,
) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	path := filepath.Join(p.folder, options.PVName)
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	// A folder of the host is not given to a pod's fsGroup, as a disk is: every user id of a pod must be able to write.
	if err := os.Chmod(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	kind := v1.HostPathDirectory
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: options.PVC.Spec.Resources.Requests[v1.ResourceStorage]},
			PersistentVolumeSource:        v1.PersistentVolumeSource{HostPath: &v1.HostPathVolumeSource{Path: path, Type: &kind}},
		},
	}, controller.ProvisioningFinished, nil
}

func (p *volumes) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	if volume.Spec.HostPath == nil || filepath.Dir(volume.Spec.HostPath.Path) != p.folder {
		return fmt.Errorf("volume %s is not in %s", volume.Name, p.folder)
	}
	return os.RemoveAll(volume.Spec.HostPath.Path)
}
