package console

import (
	"net/http"

	"aegis/shared/local/tablestore"
)

// faults answers the rules by which the store misbehaves, and how often each was met.
func (s *console) faults(*http.Request) (any, error) {
	rules := []tablestore.FaultCount{}
	if s.Faults != nil {
		rules = append(rules, s.Faults.List()...)
	}
	return map[string]any{"rules": rules, "steps": drillSteps(), "effects": drillEffects(), "can": s.Faults != nil}, nil
}

// armFault adds a rule, as POST /faults of the store does.
func (s *console) armFault(r *http.Request) (any, error) {
	var fault tablestore.Fault
	if err := decode(r, &fault); err != nil {
		return nil, err
	}
	if s.Faults == nil {
		return nil, conflict("no-faults", "")
	}
	if err := s.Faults.Add(fault); err != nil {
		return nil, invalid("fault", err.Error())
	}
	return s.faults(r)
}

// clearFaults takes all rules out of force.
func (s *console) clearFaults(r *http.Request) (any, error) {
	if s.Faults == nil {
		return nil, conflict("no-faults", "")
	}
	s.Faults.Clear()
	return s.faults(r)
}
