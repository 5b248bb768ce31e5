package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

func runFoundation(ctx context.Context, d *deployment) error {
	if err := d.refuseOther(ctx); err != nil {
		return err
	}
	return applyRoot("1-foundation")(ctx, d)
}

// readMade reads the values that the foundation made.
func (d *deployment) readMade(ctx context.Context) error {
	if d.made != nil {
		return nil
	}
	t, err := d.terraform(ctx, "1-foundation")
	if err != nil {
		return err
	}
	made := map[string]*string{} // null without a VPC
	if err := t.outputs(ctx, "environment", &made); err != nil {
		return fmt.Errorf("read what the foundation made (is the step foundation done?): %w", err)
	}
	var store string
	if err := t.outputs(ctx, "public_store", &store); err != nil {
		return err
	}

	d.made = map[string]string{"PUBLIC_STORE": store}
	for name, value := range made {
		if value != nil {
			d.made[name] = *value
		}
	}
	return d.checkMade()
}

// checkMade refuses a foundation that lacks a value of s.yaml.
func (d *deployment) checkMade() error {
	names, err := d.requiredBySYAML()
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(names, func(name string) bool { return d.made[name] != "" })
	if len(missing) > 0 {
		return fmt.Errorf("the foundation is that of another release: it has no %s (repeat the step foundation)", strings.Join(missing, ", "))
	}
	return nil
}

func planSetup(context.Context, *deployment) error { return nil }

// runSetup makes the tables with the user's own key.
func runSetup(ctx context.Context, d *deployment) error {
	if err := d.readMade(ctx); err != nil {
		return err
	}
	return d.stream(ctx, command{name: "go", args: []string{"run", "./scripts/admin", "setup", "-yes", "-reason", "deploy"}, env: map[string]string{
		"TABLESTORE_ENDPOINT":          d.storeFromHere(),
		"TABLESTORE_INSTANCE":          d.made["TABLESTORE_INSTANCE"],
		"TABLESTORE_ACCESS_KEY_ID":     d.values.get("ALIBABA_CLOUD_ACCESS_KEY_ID"),
		"TABLESTORE_ACCESS_KEY_SECRET": d.values.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
		"TABLESTORE_SECURITY_TOKEN":    d.values.get("ALIBABA_CLOUD_SECURITY_TOKEN"),
	}})
}

// storeFromHere returns where this machine reaches the store.
func (d *deployment) storeFromHere() string {
	switch {
	case d.Store != "":
		return d.Store
	case d.values.get("STORE_ACCESS") == "vpc":
		return d.made["TABLESTORE_ENDPOINT"]
	}
	return d.made["PUBLIC_STORE"]
}
