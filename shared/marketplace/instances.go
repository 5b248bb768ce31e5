package marketplace

import (
	"context"
	"errors"
	"fmt"

	"aegis/shared/store"
)

// Instances returns the table of the instances that the marketplace sold.
func Instances() store.Table {
	return store.Table{Name: "market_instances", Partition: "instance_id"}
}

const (
	colOwner = "owner"
	colOrder = "order_id" // the marketplace's, of the creation
)

func instanceKey(id string) store.Key { return store.Key{Table: Instances(), Partition: id} }

// ownerOf returns an instance's owner and the order that created it, "" if the
// marketplace never ordered such an instance.
func ownerOf(ctx context.Context, client store.Client, instanceID string) (owner, orderID string, err error) {
	rows, err := client.Read(ctx, instanceKey(instanceID))
	if err != nil {
		return "", "", fmt.Errorf("find the owner of instance %s: %w", instanceID, err)
	}
	return rows[0].String(colOwner), rows[0].String(colOrder), nil
}

// claim records the owner of the instance that an order creates. An instance belongs to
// its first owner for ever: a claim by another owner is a *PermanentError. After any
// other error the claim may be recorded.
func claim(ctx context.Context, client store.Client, o Order) error {
	owner, _, err := ownerOf(ctx, client, o.InstanceID)
	if err != nil {
		return err
	}

	if owner == "" {
		err = client.Commit(ctx, store.Insert(instanceKey(o.InstanceID), store.Columns{store.String(colOwner, o.Owner), store.String(colOrder, o.OrderID)}))
		if err == nil {
			return nil
		}
		if !errors.Is(err, store.ErrCondition) {
			return fmt.Errorf("claim instance %s: %w", o.InstanceID, err)
		}
		if owner, _, err = ownerOf(ctx, client, o.InstanceID); err != nil {
			return err
		}
	}
	if owner != o.Owner {
		return permanent("Instance %s belongs to another account than %s.", o.InstanceID, o.Owner)
	}
	return nil
}
