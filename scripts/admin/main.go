// Command admin keeps accounts and access keys, shows the ledger, and handles dead
// letters and unfinished tokens. See go run ./scripts/admin -h.
package main

import (
	"github.com/alecthomas/kong"

	"aegis/scripts/internal/cli"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	g := &grammar{}
	return cli.Program{Name: "admin", Grammar: g, Bind: []kong.Option{kong.BindToProvider(g.open)}, About: `
Keeps accounts and access keys, shows the ledger, and handles dead letters and unfinished tokens.

It works on a running stack, or on the store that TABLESTORE_ENDPOINT names with the settings of the functions. An owner is a
number of at most 19 digits; an amount is in fen (0.01 CNY); a time is written as 2027-01-01T00:00:00+08:00. -dry-run prints
what a command would change. A command that finds something wrong or left over ends with exit status 1.`}
}

// grammar is the command line.
type grammar struct {
	base
	Setup setup `cmd:"" help:"Create the tables and indexes, and bring accounts to the schema of this release. May be repeated."`

	Account struct {
		Create  createAccount `cmd:"" help:"Create an account. Money comes by deposits."`
		Set     setAccount    `cmd:"" help:"Change what the flags name. Each change is an order."`
		Deposit deposit       `cmd:"" help:"Pay money in. One reference is paid in once."`
		Adjust  adjust        `cmd:"" help:"Correct a balance."`
		Show    showAccount   `cmd:"" help:"Show an account and its newest orders."`
		List    listAccounts  `cmd:"" help:"List accounts, page by page."`
	} `cmd:"" help:"Accounts."`

	Instance struct {
		Set   setInstance   `cmd:"" help:"Correct an instance, or choose how it is renewed, by an order."`
		Adopt adoptInstance `cmd:"" help:"Move an instance to another channel."`
	} `cmd:"" help:"Instances."`

	Key struct {
		Create  createKey  `cmd:"" help:"Create a key. Its secret is printed once."`
		Show    showKey    `cmd:"" help:"Show everything about a key but its secrets."`
		List    listKeys   `cmd:"" help:"List keys, page by page."`
		Rotate  rotateKey  `cmd:"" help:"Give a key a new secret. The old one holds for the overlap."`
		Disable disableKey `cmd:"" help:"Refuse a key's calls, from the next one on."`
		Enable  enableKey  `cmd:"" help:"Accept a disabled key's calls again."`
		Grant   grantKey   `cmd:"" help:"Let a key act for more owners, or call more operations."`
		Revoke  revokeKey  `cmd:"" help:"End grants of a key."`
		Limit   limitKey   `cmd:"" help:"Limit a key to operations, to reading, or to source addresses."`
		Reseal  resealKeys `cmd:"" help:"Seal the secrets of all keys under the newest master key."`
		Delete  deleteKey  `cmd:"" help:"Delete a key and its grants."`
	} `cmd:"" help:"Access keys."`

	Order struct {
		List listOrders `cmd:"" help:"List an owner's orders, the newest first."`
	} `cmd:"" help:"The ledger."`

	Reconcile reconcile `cmd:"" help:"Judge the books by the laws (package laws)."`

	Restore struct {
		Begin beginRestore `cmd:"" help:"Close all accounts: nothing is sold until they are reconciled."`
		End   endRestore   `cmd:"" help:"Open the accounts whose books add up."`
	} `cmd:"" help:"After a backup was restored."`

	Audit struct {
		List   listAudit   `cmd:"" help:"List the newest administrative changes."`
		Export exportAudit `cmd:"" help:"Print the whole log as JSON, the oldest change first."`
	} `cmd:"" help:"The log of administrative changes: who, when, from where, what, why."`

	Market struct {
		Check checkMarket `cmd:"" help:"Compare instances with the marketplace's books."`
	} `cmd:"" help:"The marketplace."`

	Deadletter struct {
		List    listLetters   `cmd:"" help:"List dead and held letters."`
		Show    showLetter    `cmd:"" help:"Show a letter and its message."`
		Retry   retryLetter   `cmd:"" help:"Handle one letter again, or all of them."`
		Confirm confirmLetter `cmd:"" help:"Do what a letter asks for, on your word."`
		Discard discardLetter `cmd:"" help:"Remove a letter that has nothing to do any more."`
	} `cmd:"" help:"Dead letters of the order queue."`

	Token struct {
		Show    showToken    `cmd:"" help:"Show the status of a ClientToken."`
		List    listTokens   `cmd:"" help:"List the tokens that are forwarded and not answered yet, the oldest first."`
		Resolve resolveToken `cmd:"" help:"Finish an unfinished token by making its call again."`
	} `cmd:"" help:"Tokens that a reseller forwards."`
}
