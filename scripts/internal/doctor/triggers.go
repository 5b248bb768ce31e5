package doctor

import (
	"context"
	"encoding/json"
	"fmt"

	"aegis/scripts/internal/cloud"
)

// trigger is a trigger as Function Compute describes it. Its configuration is JSON in a
// string.
type trigger struct {
	TriggerName, TriggerType, Qualifier, TriggerConfig string

	HTTPTrigger struct{ URLInternet string }
}

func (e *exam) triggersOf(ctx context.Context, function string) (map[string]trigger, error) {
	var answer struct{ Triggers []trigger }
	if err := e.Cloud.Do(ctx, cloud.ListTriggers(function), &answer); err != nil {
		return nil, err
	}
	all := map[string]trigger{}
	for _, t := range answer.Triggers {
		all[t.TriggerName] = t
	}
	return all, nil
}

// checkTriggers compares every trigger with s.yaml, and finds those that s.yaml does not
// have.
func checkTriggers(ctx context.Context, e *exam) finding {
	p, err := e.readPlan()
	if err != nil {
		return failed(err, "run the doctor in the project's folder")
	}
	var wrong []string
	count := 0
	for _, name := range p.names() {
		want := p.functions[name].triggers()
		count += len(want)
		seen, err := e.triggersOf(ctx, "aegis-"+name)
		if err != nil {
			return failed(err, mendFunctions)
		}
		differences, err := triggerDifferences("aegis-"+name, seen, want)
		if err != nil {
			return failed(err, mendFunctions)
		}
		wrong = append(wrong, differences...)
	}
	if len(wrong) > 0 {
		return bad(mendFunctions+"; remove triggers that it does not know in the console", "%s", list(wrong))
	}
	return good("%d triggers", count)
}

func triggerDifferences(function string, seen map[string]trigger, want map[string]properties) ([]string, error) {
	d := differences{of: function}
	for name, wanted := range want {
		t, ok := seen[name]
		if !ok {
			d.add("there is no trigger %s", name)
			continue
		}
		var config map[string]any
		if err := json.Unmarshal([]byte(t.TriggerConfig), &config); err != nil {
			return nil, fmt.Errorf("read the trigger %s of %s: %w", name, function, err)
		}
		d.compare("type of "+name, t.TriggerType, wanted["triggerType"])
		d.compare("qualifier of "+name, t.Qualifier, wanted["qualifier"])
		d.subset(name, config, map[string]any(wanted.below("triggerConfig")))
	}
	for name := range seen {
		if _, ok := want[name]; !ok {
			d.add("the trigger %s is not in s.yaml", name)
		}
	}
	return d.sorted(), nil
}
