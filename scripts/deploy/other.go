package main

import (
	"context"
	"fmt"

	"aegis/scripts/internal/cloud"
)

// refuseOther refuses an account and region in which the functions of another deployment
// run. Functions and queues have the same names in every deployment, so one would take
// over the other's callers and paid orders, and removing it would remove both.
func (d *deployment) refuseOther(ctx context.Context) error {
	var seen struct{ EnvironmentVariables map[string]string }
	err := d.client().Do(ctx, cloud.GetFunction("aegis-pop"), &seen)
	if cloud.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find out whose functions run in this account and region: %w", err)
	}

	other := seen.EnvironmentVariables["TABLESTORE_INSTANCE"]
	if other != "" && other != d.values.get("DEPLOYMENT") {
		return fmt.Errorf("nothing was changed: the functions of this account and region belong to the deployment %q, and there is room for one: "+
			"use another region or another account for %q", other, d.values.get("DEPLOYMENT"))
	}
	return nil
}
