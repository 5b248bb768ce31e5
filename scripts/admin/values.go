package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/access"
	"aegis/shared/api"
)

// because is a command whose reason goes to the audit log.
type because struct {
	Reason string `help:"Why, for the audit log."`
}

// given is a secret that is generated, or read from a file, never from the arguments,
// which other users of the machine can see.
type given struct {
	SecretFile string `placeholder:"FILE" help:"Read the secret from a file, - for standard input (default: a new one, which is printed once)."`
}

// minSecret is the least length of a secret, as Alibaba Cloud's have 30.
const minSecret = 16

func (g given) secret(std cli.IO) (string, error) {
	if g.SecretFile == "" {
		return rand.Text(), nil
	}

	text, err := g.read(std)
	if err != nil {
		return "", fmt.Errorf("--secret-file: %w", err)
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if len(secret) < minSecret || strings.ContainsFunc(secret, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", fmt.Errorf("--secret-file: a secret has at least %d characters of ASCII and no space", minSecret)
	}
	return secret, nil
}

func (g given) read(std cli.IO) ([]byte, error) {
	if g.SecretFile == "-" {
		return io.ReadAll(io.LimitReader(std.In, 4096))
	}
	return os.ReadFile(g.SecretFile)
}

// operation is the name of an operation, written in any case.
type operation string

// anything lifts a limit.
const anything = "any"

// UnmarshalText finds the operation that is meant.
func (o *operation) UnmarshalText(text []byte) error {
	var names []string
	for _, known := range api.All() {
		if strings.EqualFold(known.Action, string(text)) {
			*o = operation(known.Action)
			return nil
		}
		names = append(names, known.Action)
	}
	if string(text) == anything {
		*o = anything
		return nil
	}
	return fmt.Errorf("there is no operation %q%s", text, cli.DidYouMean(string(text), names))
}

// byName refuses operations that need no grant.
func byName(operations []operation) error {
	for _, known := range api.All() {
		if !known.Granted && slices.Contains(operations, operation(known.Action)) {
			return fmt.Errorf("--operations: %s needs no grant", known.Action)
		}
	}
	if slices.Contains(operations, anything) {
		return errors.New("--operations: name them")
	}
	return nil
}

// source is an address or a range of them.
type source string

// UnmarshalText refuses what is neither.
func (s *source) UnmarshalText(text []byte) error {
	*s = source(text)
	if *s == anything {
		return nil
	}
	_, err := access.ParseSource(string(text))
	return err
}

// texts are the texts of a list of flags.
func texts[T ~string](list []T) []string {
	var all []string
	for _, t := range list {
		all = append(all, string(t))
	}
	return all
}

// limits are a limit's values, none if any of them is any.
func limits(values []string) []string {
	if slices.Contains(values, anything) {
		return nil
	}
	return values
}
