package app

import (
	"context"
	"log/slog"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"

	"aegis/shared/api"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Start runs a function with these operations. It does not return. Unusable settings
// end the process with one line that names the setting.
func Start(operations ...api.Operation) {
	settings, err := ReadSettings(os.Getenv)
	if err != nil {
		exit(err)
	}

	service, err := settings.Open(os.Stdout, operations...)
	if err != nil {
		exit(err)
	}

	settings.announce()
	if address := customAddress(os.Getenv); address != "" {
		exit(serveCustom(service, address))
	}
	prepareProcess(api.MaxEvent)
	fc.Start(func(ctx context.Context, event []byte) (api.Envelope, error) { // on a goroutine of its own
		store.ReserveStack()
		return service.Handle(authenticate(ctx), event), nil
	})
}

// authenticate returns a context with the role's credentials of this invocation, and its
// id. The
// runtime SDK writes into its context when it is asked for them, so they are read once,
// here.
func authenticate(ctx context.Context) context.Context {
	fcContext, ok := fccontext.FromContext(ctx)
	if !ok {
		return ctx
	}
	c := fcContext.Credentials
	ctx = api.WithInvocation(ctx, fcContext.RequestID)
	return store.WithCredentials(ctx, pop.Credentials{
		AccessKeyID: c.AccessKeyId, AccessKeySecret: c.AccessKeySecret, SecurityToken: c.SecurityToken,
	})
}

// announce logs the hash of the catalogue, so that a catalogue that did not reach the
// function is noticed at once.
func (s Settings) announce() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: s.LogLevel}))
	log.Info("the function starts", "catalogue", s.Catalogue.Hash())
}

// exit ends the process, because of an error if there is one.
func exit(err error) {
	if err == nil {
		os.Exit(0)
	}
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Error("the function cannot start", "error", err.Error())
	os.Exit(1)
}
