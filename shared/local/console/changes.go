package console

import (
	"context"
	"errors"

	"aegis/shared/audit"
)

// changed makes a change by hand and enters it in the audit log, the intent before and
// the outcome after it, as scripts/admin does.
func (s *console) changed(ctx context.Context, what, of string, do func() error) error {
	entry, err := s.Audit.Begin(ctx, audit.Entry{Who: "console", From: "this machine", What: what, Of: of, Reason: "by hand, in the console"})
	if err != nil {
		return err
	}

	failed := do()
	entry.Outcome = audit.Done
	if failed != nil {
		entry.Outcome = failed.Error()
	}
	return errors.Join(failed, s.Audit.End(context.WithoutCancel(ctx), entry))
}
