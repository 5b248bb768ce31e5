package main

import (
	"cmp"
	"context"
	"errors"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/doctor"
)

func planDoctor(context.Context, *deployment) error { return nil }

// runDoctor holds the deployment against what the code assumes.
func runDoctor(ctx context.Context, d *deployment) error {
	if err := d.readMade(ctx); err != nil {
		return err
	}
	if err := d.readAPI(ctx); err != nil {
		return err
	}
	target, err := doctor.Config{
		Root: d.root, Values: func(name string) string { return cmp.Or(d.made[name], d.values.get(name)) },
		StoreURL: d.Store, ControlPlane: d.ControlPlane, DataPlane: d.DataPlane,
	}.Open()
	if err != nil {
		return err
	}
	printer := cli.Printer{Out: d.out}
	healthy, err := doctor.Run(ctx, target, doctor.Checks(), func(r doctor.Result) { r.Show(printer) })
	if err == nil && !healthy {
		err = errors.New("the deployment is not as assumed")
	}
	return err
}

// readAPI reads the ID of the gateway's API, of EDGE=apig.
func (d *deployment) readAPI(ctx context.Context) error {
	if d.values.get("EDGE") != "apig" || d.values.get("API_ID") != "" {
		return nil
	}
	t, err := d.terraform(ctx, "2-edge")
	if err != nil {
		return err
	}
	var made map[string]struct{ API, Route string }
	if err := t.outputs(ctx, "routes", &made); err != nil {
		return err
	}
	d.made["API_ID"] = made["/"].API
	return nil
}
