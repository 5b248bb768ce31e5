package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"aegis/shared/pop"
)

const (
	arrivesInLog = 2 * time.Minute
	mendLogs     = "compare the log project and its index with the step foundation; the roles need log:PostLogStoreLogs (check roles), the key log:GetLogStoreLogs"
)

// checkLogs makes a call that is refused and waits for its line.
func checkLogs(ctx context.Context, e *exam) finding {
	paths, err := e.paths(ctx)
	if err != nil {
		return failed(err, mendFunctions)
	}
	unknown := pop.Credentials{AccessKeyID: "LTAI-doctor", AccessKeySecret: "none"}
	a, err := e.call(ctx, v1, paths["/"], "GetSummary", unknown, nil)
	if err != nil {
		return failed(err, mendFunctions)
	}
	if a.RequestID == "" {
		return bad(mendFunctions, "the answer %s has no RequestId", a)
	}

	began := e.Clock()
	var lines []map[string]string
	found, err := e.until(ctx, arrivesInLog, func() (bool, error) {
		var err error
		lines, err = e.Logs.Search(ctx, fmt.Sprintf("%q", a.RequestID), began.Add(-5*time.Minute), e.Clock().Add(5*time.Minute))
		return len(lines) > 0, err
	})
	switch {
	case err != nil:
		return failed(err, mendLogs)
	case !found:
		return bad(mendLogs, "no line of RequestId %s after %s", a.RequestID, arrivesInLog)
	}
	return good("the line of a call was found after %s; the event was %s", e.Clock().Sub(began).Round(time.Millisecond), shape(lines))
}

// shape says which event a function got: that of an HTTP trigger has the source's address,
// that of API Gateway has none.
func shape(lines []map[string]string) string {
	for _, line := range lines {
		switch source, ok := field(line, "source"); {
		case ok && source != "":
			return "an HTTP trigger's"
		case ok:
			return "API Gateway's"
		}
	}
	return "not named in the line"
}

// field returns a field of our own line: indexed by its name, or inside the text of a
// message.
func field(line map[string]string, name string) (string, bool) {
	if value, ok := line[name]; ok {
		return value, true
	}
	for _, text := range line {
		start := strings.Index(text, "{")
		var fields map[string]any
		if start < 0 || json.Unmarshal([]byte(strings.TrimSpace(text[start:])), &fields) != nil {
			continue
		}
		if value, ok := fields[name]; ok {
			return fmt.Sprint(value), true
		}
	}
	return "", false
}

// A run of the timer is due every hour.
const timerRuns = 2 * time.Hour

// checkTimer looks at the timer's trigger and for the line of a run.
func checkTimer(ctx context.Context, e *exam) finding {
	triggers, err := e.triggersOf(ctx, "aegis-renewals")
	if err != nil {
		return failed(err, mendFunctions)
	}
	var config struct {
		Enable         bool
		CronExpression string
	}
	if err := json.Unmarshal([]byte(triggers["renewals"].TriggerConfig), &config); err != nil {
		return failed(fmt.Errorf("read the trigger renewals: %w", err), mendFunctions)
	}
	switch {
	case !config.Enable:
		return bad(mendFunctions, "the trigger renewals is off")
	case !strings.HasPrefix(config.CronExpression, "CRON_TZ=Asia/Shanghai "):
		return bad(mendFunctions, "the trigger renewals has no zone: %s", config.CronExpression)
	}

	now := e.Clock()
	lines, err := e.Logs.Search(ctx, "functionName: aegis-renewals", now.Add(-timerRuns), now)
	switch {
	case err != nil:
		return failed(err, mendLogs)
	case len(lines) == 0:
		return warn("repeat the check after ten past the next hour; if there is still none, look at the function's asynchronous invocations in the console",
			"%s; no run within %s", config.CronExpression, timerRuns)
	}
	return good("%s; it ran within %s", config.CronExpression, timerRuns)
}
