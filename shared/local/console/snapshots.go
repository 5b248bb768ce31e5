package console

import (
	"net/http"

	"aegis/shared/local/tablestore"
)

// Snapshots saves the data of the stack, and puts saved data back.
type Snapshots struct {
	Dir  string // the data folder; "": the data is in memory, and there are none
	Save func(name string) error

	// Reopen stops the stack, loads a snapshot or resets the data, and starts it again at
	// the same addresses, after the answer; nil: this stack cannot be restarted.
	Reopen func(what, name string) error
}

// snapshots lists them by name.
func (s *console) snapshots(*http.Request) (any, error) {
	all := []tablestore.Snapshot{}
	if s.Snapshots.Dir != "" {
		found, err := tablestore.Snapshots(s.Snapshots.Dir)
		if err != nil {
			return nil, err
		}
		all = found
	}
	return map[string]any{"snapshots": all, "folder": s.Snapshots.Dir, "start": s.start, "reopens": s.Snapshots.Reopen != nil}, nil
}

// changeSnapshot saves, loads or resets, as scripts/local -snapshot does.
func (s *console) changeSnapshot(r *http.Request) (any, error) {
	var input struct{ What, Name string }
	if err := decode(r, &input); err != nil {
		return nil, err
	}
	if s.Snapshots.Dir == "" {
		return nil, conflict("in-memory", "")
	}

	switch input.What {
	case "save":
		if err := s.Snapshots.Save(input.Name); err != nil {
			return nil, invalid("snapshot", err.Error())
		}
		return s.snapshots(r)
	case "load", "reset":
		if s.Snapshots.Reopen == nil {
			return nil, conflict("no-reopen", "")
		}
		if err := s.Snapshots.Reopen(input.What, input.Name); err != nil {
			return nil, invalid("snapshot", err.Error())
		}
		return map[string]bool{"reopening": true}, nil
	}
	return nil, notFound("no-change", input.What)
}
