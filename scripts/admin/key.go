package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"aegis/shared/access"
	"aegis/shared/api"
)

func (o *office) putKey(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("key put", flag.ContinueOnError)
	var k access.Key
	flags.StringVar(&k.ID, "id", "", "AccessKeyId")
	flags.StringVar(&k.Secret, "secret", "", "AccessKeySecret")
	flags.StringVar(&k.Owner, "owner", "", "the account that the key belongs to")
	flags.BoolVar(&k.Disabled, "disabled", false, "refuse the key's calls")
	flags.StringVar(&k.SecurityToken, "security-token", "", "makes it a temporary key: calls must carry this SecurityToken")
	flags.TextVar(&k.Expires, "expires", k.Expires, "when a temporary key ends, e.g. 2027-01-01T00:00:00+08:00")
	operations := flags.String("operations", "", "operations granted by name, joined by commas: SetMachineNumber, DepositBalance, AdjustBalance")
	resellerOf := flags.String("reseller-of", "", "owners that the key may act for, joined by commas")
	if err := parse(flags, args); err != nil {
		return err
	}
	owners, err := splitOwners(*resellerOf)
	if err != nil {
		return err
	}
	if k.Owner != "" {
		if err := checkOwner("owner", k.Owner); err != nil {
			return err
		}
	}
	k.Reseller = len(owners) > 0
	if k.Operations, err = splitOperations(*operations); err != nil {
		return err
	}
	if err := o.keys.Put(ctx, k, owners); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "key %s is there\n", k.ID)
	return nil
}

// splitOperations refuses what needs no grant, or is no operation.
func splitOperations(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		grantable := func(o api.Operation) bool { return o.Granted && o.Action == name }
		if !slices.ContainsFunc(api.All(), grantable) {
			return nil, fmt.Errorf("-operations %q: it must be SetMachineNumber, DepositBalance or AdjustBalance", name)
		}
	}
	return names, nil
}

func splitOwners(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	owners := strings.Split(list, ",")
	for _, owner := range owners {
		if err := checkOwner("reseller-of", owner); err != nil {
			return nil, err
		}
	}
	return owners, nil
}

// showKey prints everything about a key but its secrets.
func (o *office) showKey(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("key show", flag.ContinueOnError)
	id := flags.String("id", "", "AccessKeyId")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *id == "" {
		return errors.New("admin key show: -id is not set")
	}
	k, err := o.keys.Find(ctx, *id)
	if err != nil {
		return fmt.Errorf("key %s: %w", *id, err)
	}
	owners, err := o.keys.Grants(ctx, *id)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "id\t%s\nowner\t%s\nreseller\t%t\ndisabled\t%t\ntemporary\t%t\nacts for\t%s\noperations\t%s\n",
		k.ID, k.Owner, k.Reseller, k.Disabled, k.SecurityToken != "", strings.Join(owners, " "), strings.Join(k.Operations, " "))
	return w.Flush()
}
