package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aegis/scripts/internal/doctor"
)

// terraform is one root, in a working copy under the state folder. The copy has the
// backend that the flags choose.
type terraform struct {
	d    *deployment
	tool string
	root string // such as 1-foundation
}

// prepare makes the working copy of a root and initialises it.
func (d *deployment) terraform(ctx context.Context, root string) (*terraform, error) {
	name, err := tool("tofu", "terraform")
	if err != nil {
		return nil, err
	}
	t := &terraform{d, name, root}
	if err := t.copy(); err != nil {
		return nil, fmt.Errorf("copy scripts/deploy/%s into the state folder: %w", root, err)
	}

	args := []string{"init", "-input=false"}
	if d.BackendConfig != "" {
		file, err := filepath.Abs(d.BackendConfig)
		if err != nil {
			return nil, err
		}
		args = append(args, "-backend-config="+file)
	}
	return t, d.stream(ctx, t.command(args...))
}

func (t *terraform) folder() string { return filepath.Join(t.d.State, t.root) }

// copy replaces the files of the project in the working copy. State and plug-ins stay.
func (t *terraform) copy() error {
	from := filepath.Join(t.d.root, "scripts", "deploy", t.root)
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		to := filepath.Join(t.folder(), relative)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o600)
	})
	backend := fmt.Sprintf("terraform {\n  backend %q {}\n}\n", t.d.Backend)
	return errors.Join(err, os.WriteFile(filepath.Join(t.folder(), "backend.tf"), []byte(backend), 0o600), t.variables())
}

// variables writes the values of the root's variables.
func (t *terraform) variables() error {
	text, err := json.MarshalIndent(t.d.variables(t.root), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.folder(), "terraform.tfvars.json"), text, 0o600)
}

// variables returns the variables of a root.
func (d *deployment) variables(root string) map[string]any {
	v := map[string]any{"region": d.values.get("REGION")}
	if root == "0-activate" {
		return v
	}
	v["account"], v["name"] = d.account, d.values.get("DEPLOYMENT")
	if root == "1-foundation" {
		v["store_access"], v["vpc"], v["zone"] = d.values.get("STORE_ACCESS"), d.values.get("VPC") == "true", d.values.get("ZONE")
		v["kms_key"], v["service_roles"] = d.values.get("KMS_KEY"), serviceRoles(d.values.get("SERVICE_ROLES"))
		return v
	}
	v["domain"], v["certificate_id"], v["qualifier"] = d.values.get("DOMAIN"), d.values.get("CERTIFICATE_ID"), d.values.get("QUALIFIER")
	v["vpc_id"], v["vswitch_id"] = d.made["VPC_ID"], d.made["VSWITCH_ID"]
	v["service_role"], v["routes"] = d.values.get("GATEWAY_ROLE") == "true", doctor.Routes()
	return v
}

func serviceRoles(text string) []string {
	roles := []string{}
	for role := range strings.SplitSeq(text, ",") {
		if role = strings.TrimSpace(role); role != "" && role != "none" {
			roles = append(roles, role)
		}
	}
	return roles
}

func (t *terraform) command(args ...string) command {
	return command{name: t.tool, args: append([]string{"-chdir=" + t.folder()}, args...), env: map[string]string{"TF_IN_AUTOMATION": "1"}}
}

// apply prints the plan and then does it.
func (t *terraform) apply(ctx context.Context) error {
	if err := t.d.stream(ctx, t.command("plan", "-input=false", "-out=next.tfplan")); err != nil {
		return err
	}
	return t.d.stream(ctx, t.command("apply", "-input=false", "next.tfplan"))
}

// outputs reads an output of the root into a pointer.
func (t *terraform) outputs(ctx context.Context, name string, into any) error {
	text, err := t.d.output(ctx, t.command("output", "-json", name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read the output %s of %s: %w", name, t.root, err)
	}
	return nil
}

func planRoot(root string) func(context.Context, *deployment) error {
	return func(ctx context.Context, d *deployment) error {
		t, err := d.terraform(ctx, root)
		if err != nil {
			return err
		}
		return d.stream(ctx, t.command("plan", "-input=false"))
	}
}

func applyRoot(root string) func(context.Context, *deployment) error {
	return func(ctx context.Context, d *deployment) error {
		t, err := d.terraform(ctx, root)
		if err != nil {
			return err
		}
		return t.apply(ctx)
	}
}
