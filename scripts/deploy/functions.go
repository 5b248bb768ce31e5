package main

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
)

// access is the alias under which s finds the credentials in its environment.
const access = "deploy_serverless_devs_key"

// serverless returns a command of s with the values that s.yaml reads. s gets the same
// credentials as Terraform, and needs no "s config add".
func (d *deployment) serverless(args ...string) (command, error) {
	credentials, err := json.Marshal(map[string]string{
		"AccountID":       d.account,
		"AccessKeyID":     d.values.get("ALIBABA_CLOUD_ACCESS_KEY_ID"),
		"AccessKeySecret": d.values.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
		"SecurityToken":   d.values.get("ALIBABA_CLOUD_SECURITY_TOKEN"),
	})
	if err != nil {
		return command{}, err
	}
	env := maps.Clone(d.made)
	env[access] = string(credentials)
	env["QUALIFIER"] = d.values.get("QUALIFIER")
	for _, name := range []string{"SALES_CATALOGUE", "MARKET_SKUS", "CERTIFICATE", "CERTIFICATE_KEY"} {
		if path := d.values.get(name); path != "" {
			if env[name], err = filepath.Abs(path); err != nil {
				return command{}, err
			}
		}
	}
	return command{name: "s", args: append(args, "-a", access), env: env}, nil
}

// runServerless runs a command of s once the foundation's values are known.
func (d *deployment) runServerless(ctx context.Context, args ...string) error {
	if err := d.readMade(ctx); err != nil {
		return err
	}
	c, err := d.serverless(args...)
	if err != nil {
		return err
	}
	return d.stream(ctx, c)
}

// planFunctions shows the differences, once there is a foundation to compare with.
func planFunctions(ctx context.Context, d *deployment) error {
	if err := d.readMade(ctx); err != nil {
		d.say("the functions can be compared after the step foundation: %v", err)
		return nil
	}
	return d.runServerless(ctx, "plan")
}

func runFunctions(ctx context.Context, d *deployment) error {
	if err := d.refuseOther(ctx); err != nil {
		return err
	}
	return d.runServerless(ctx, "deploy", "-y")
}
