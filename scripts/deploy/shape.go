package main

import (
	"regexp"
	"strings"
)

// shapeOf returns how a value of s.yaml must look that names a resource. Function Compute and
// EventBridge take any text when a function is deployed, and fail when it is called.
func (d *deployment) shapeOf(name string) func(text string) (must string) {
	region := regexp.QuoteMeta(d.values.get("REGION"))
	switch {
	case strings.HasPrefix(name, "FC_ROLE_"):
		return matches(`^acs:ram::[0-9]{16}:role/[a-z0-9.-]{1,64}$`,
			"acs:ram::<account>:role/<name> with the name in lower case, in which Serverless Devs writes it")
	case name == "MARKET_DEAD_QUEUE":
		return matches(`^acs:mns:`+region+`:[0-9]{16}:/queues/[A-Za-z0-9][A-Za-z0-9-]{0,119}$`,
			"acs:mns:<region>:<account>:/queues/<queue>, of the same region")
	case name == "MARKET_QUEUE":
		return matches(`^https?://[^/]+/queues/[A-Za-z0-9][A-Za-z0-9-]{0,119}$`, "the URL of a queue, http(s)://<endpoint>/queues/<queue>")
	case name == "TABLESTORE_INSTANCE":
		return matches(`^[a-z][a-z0-9-]{1,14}[a-z0-9]$`, "the name of an instance, 3 to 16 of a-z, 0-9 and -")
	case name == "LOG_PROJECT":
		return matches(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`, "the name of a log project, 3 to 63 of a-z, 0-9 and -")
	}
	return nil
}
