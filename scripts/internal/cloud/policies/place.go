package policies

import (
	"fmt"
	"strings"
)

// The queues of the marketplace's orders.
const (
	Queue     = "market-orders"
	DeadQueue = "market-orders-dead"
)

// The doctor's own tables and index. An index allows no TTL next to updates, so what expires
// and what is indexed are two tables.
const (
	DoctorTable   = "doctor"
	DoctorIndexed = "doctor_indexed"
	DoctorIndex   = "doctor_by"
)

// Place says in which account the resources are.
type Place struct {
	Region, Account      string
	Instance             string // of Tablestore
	LogProject, LogStore string
	KMSKey               string // "": none
}

// Open is a Place whose values Terraform's templatefile fills in.
func Open() Place {
	return Place{
		Region: "${region}", Account: "${account}", Instance: "${instance}", LogProject: "${log_project}", LogStore: "${log_store}", KMSKey: "${kms_key}",
	}
}

func (p Place) instance() string {
	return fmt.Sprintf("acs:ots:%s:%s:instance/%s", p.Region, p.Account, lowerCase(p.Instance))
}

func (p Place) table(name string) string { return p.instance() + "/table/" + name }

func (p Place) logStore() string {
	return fmt.Sprintf("acs:log:%s:%s:project/%s/logstore/%s", p.Region, p.Account, p.LogProject, p.LogStore)
}

// lowerCase writes an instance's name as RAM compares it. What Terraform fills in stays.
func lowerCase(name string) string {
	if strings.HasPrefix(name, "${") {
		return name
	}
	return strings.ToLower(name)
}

// queue returns the resource of a queue's attributes.
func queue(name string) func(Place) string {
	return func(p Place) string { return fmt.Sprintf("acs:mns:%s:%s:/queues/%s", p.Region, p.Account, name) }
}

// queueMessages returns the resource of a queue's messages.
func queueMessages(name string) func(Place) string {
	return func(p Place) string { return queue(name)(p) + "/messages" }
}
