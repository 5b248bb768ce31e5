package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/doctor"
	"aegis/shared/local"
	"aegis/shared/marketplace"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// target is the stack or the deployment that is examined.
func (c *command) target(ctx context.Context, std cli.IO) (doctor.Target, error) {
	if c.Stack != "" || std.Getenv("REGION") == "" {
		return c.stack(ctx, std)
	}
	return c.deployment(ctx, std)
}

// deployment is what the environment names. What it does not name is what the foundation
// makes in the account of the key.
func (c *command) deployment(ctx context.Context, std cli.IO) (doctor.Target, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return doctor.Target{}, err
	}
	var missing []string
	for _, name := range []string{"DEPLOYMENT", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"} {
		if std.Getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return doctor.Target{}, cli.Usagef("not set: %s", strings.Join(missing, ", "))
	}

	config := doctor.Config{Root: root, Values: std.Getenv, StoreURL: c.Store, ControlPlane: c.ControlPlane, DataPlane: c.DataPlane}
	var caller struct{ AccountID string }
	if err := config.Client().Do(ctx, cloud.GetCallerIdentity(), &caller); err != nil {
		return doctor.Target{}, fmt.Errorf("find the account of ALIBABA_CLOUD_ACCESS_KEY_ID: %w", err)
	}
	made := doctor.Made(std.Getenv("REGION"), cmp.Or(std.Getenv("ACCOUNT_ID"), caller.AccountID), std.Getenv("DEPLOYMENT"))
	config.Values = func(name string) string { return cmp.Or(std.Getenv(name), made[name]) }
	fmt.Fprintf(std.Err, "target: deployment %s, region %s, account %s\n", std.Getenv("DEPLOYMENT"), std.Getenv("REGION"), caller.AccountID)
	return config.Open()
}

// stack is the running local stack, with the keys of its own.
func (c *command) stack(ctx context.Context, std cli.IO) (doctor.Target, error) {
	getenv := func(name string) string {
		if name == "TABLESTORE_ENDPOINT" {
			return "" // a stack names its own store
		}
		return std.Getenv(name)
	}
	found, err := c.Flags.Find(ctx, cli.IO{In: std.In, Out: std.Out, Err: std.Err, Getenv: getenv})
	if err != nil {
		return doctor.Target{}, err
	}
	credentials := pop.Credentials{AccessKeyID: found.Settings("TABLESTORE_ACCESS_KEY_ID"), AccessKeySecret: found.Settings("TABLESTORE_ACCESS_KEY_SECRET")}
	t := doctor.Target{
		Local: true, Values: found.Settings, Endpoint: found.Gateway, StoreURL: found.Tablestore,
		Caller: pop.Credentials{AccessKeyID: local.OwnerKey, AccessKeySecret: local.OwnerSecret},
	}
	t.Equip()
	if t.Store, err = store.Open(store.Config{Endpoint: found.Tablestore, Instance: found.Instance, Credentials: credentials}); err != nil {
		return doctor.Target{}, err
	}
	t.Queue, err = marketplace.NewSMQ(found.Settings("MARKET_QUEUE"), func(context.Context) pop.Credentials { return credentials })
	return t, err
}
