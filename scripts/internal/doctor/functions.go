package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aegis/scripts/internal/cloud"
)

const mendFunctions = "repeat the step functions of scripts/deploy"

// deployed is a function as Function Compute describes it.
type deployed struct {
	Runtime, Handler, Role        string
	CPU                           float64
	MemorySize, DiskSize, Timeout int
	InternetAccess                bool
	InstanceConcurrency           int
	EnvironmentVariables          map[string]string
	LogConfig                     struct{ Project, Logstore string }
}

// checkFunctions compares every function with s.yaml. It names environment variables and
// never shows their values.
func checkFunctions(ctx context.Context, e *exam) finding {
	p, err := e.readPlan()
	if err != nil {
		return failed(err, "run the doctor in the project's folder")
	}
	var wrong []string
	for _, name := range p.names() {
		differences, err := e.functionDifferences(ctx, "aegis-"+name, p.functions[name])
		if err != nil {
			return failed(err, mendFunctions)
		}
		wrong = append(wrong, differences...)
	}
	if len(wrong) > 0 {
		return bad(mendFunctions, "%s", list(wrong))
	}
	return good("%d functions", len(p.functions))
}

func (e *exam) functionDifferences(ctx context.Context, name string, want properties) ([]string, error) {
	var seen deployed
	if err := e.Cloud.Do(ctx, cloud.GetFunction(name), &seen); err != nil {
		return nil, err
	}
	d := differences{of: name}
	for what, value := range map[string]any{
		"runtime": seen.Runtime, "handler": seen.Handler, "cpu": seen.CPU, "memorySize": seen.MemorySize, "diskSize": seen.DiskSize,
		"timeout": seen.Timeout, "internetAccess": seen.InternetAccess,
	} {
		d.compare(what, value, want[what])
	}
	d.compare("role", strings.ToLower(seen.Role), strings.ToLower(want.text("role"))) // s writes it in lower case
	d.compare("log project", seen.LogConfig.Project, want.below("logConfig")["project"])
	d.compare("log store", seen.LogConfig.Logstore, want.below("logConfig")["logstore"])
	d.variables(seen.EnvironmentVariables, want.below("environmentVariables"))
	if concurrency, ok := want["instanceConcurrency"]; ok {
		d.compare("instanceConcurrency", seen.InstanceConcurrency, concurrency)
	}
	err := e.configDifferences(ctx, &d, name, want)
	return d.sorted(), err
}

// configDifferences compares what is configured next to a function.
func (e *exam) configDifferences(ctx context.Context, d *differences, name string, want properties) error {
	if reserved, ok := want.below("concurrencyConfig")["reservedConcurrency"]; ok {
		var seen struct{ ReservedConcurrency int }
		if err := e.Cloud.Do(ctx, cloud.GetConcurrencyConfig(name), &seen); err != nil {
			return err
		}
		d.compare("reservedConcurrency", seen.ReservedConcurrency, reserved)
	}
	async := want.below("asyncInvokeConfig")
	if len(async) == 0 {
		return nil
	}
	var seen map[string]any
	if err := e.Cloud.Do(ctx, cloud.GetAsyncInvokeConfig(name, fmt.Sprint(async["qualifier"])), &seen); err != nil {
		return err
	}
	wanted := maps.Clone(async)
	delete(wanted, "qualifier") // which the request named
	d.subset("asyncInvokeConfig", seen, map[string]any(wanted))
	return nil
}

// differences collects what differs.
type differences struct {
	of  string
	all []string
}

func (d *differences) add(format string, args ...any) {
	d.all = append(d.all, d.of+": "+fmt.Sprintf(format, args...))
}

func (d *differences) compare(what string, seen, want any) {
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		d.add("%s is %v, expected %v", what, seen, want)
	}
}

// variables compares names of environment variables. One without a value may be left out.
func (d *differences) variables(seen map[string]string, want properties) {
	for name := range want {
		if _, ok := seen[name]; !ok && want.text(name) != "" {
			d.add("the variable %s is missing", name)
		}
	}
	for name := range seen {
		if _, ok := want[name]; !ok {
			d.add("the variable %s is not in s.yaml", name)
		}
	}
}

// subset finds what the cloud has otherwise than s.yaml. What the cloud has in addition are
// its defaults; it may leave out what is false or empty.
func (d *differences) subset(path string, seen, want any) {
	wanted, isMap := want.(map[string]any)
	if !isMap {
		if seen == nil && (want == false || want == "") {
			return
		}
		d.compare(path, seen, want)
		return
	}
	under, _ := seen.(map[string]any)
	for name, value := range wanted {
		d.subset(path+"."+name, under[name], value)
	}
}

func (d *differences) sorted() []string {
	slices.Sort(d.all)
	return d.all
}
