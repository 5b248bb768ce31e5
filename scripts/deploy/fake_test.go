package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"aegis/scripts/internal/doctor"
)

// record appends a call to the file calls of the script's folder.
func record(format string, args ...any) {
	file, err := os.OpenFile(filepath.Join(os.Getenv("WORK"), "calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(file, format+"\n", args...)
	}
	if err != nil {
		fail("record a call: %v", err)
	}
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

// fakeTofu is a tofu that records its calls and checks what it is given as the real one
// would. A file fail-COMMAND-ROOT in the script's folder makes that command fail, and
// hang-COMMAND-ROOT makes it run until it is interrupted.
func fakeTofu() {
	folder, ok := strings.CutPrefix(os.Args[1], "-chdir=")
	if !ok {
		fail("no -chdir")
	}
	root := filepath.Base(folder)
	record("tofu %s %s", root, strings.ReplaceAll(strings.Join(os.Args[2:], " "), os.Getenv("WORK"), "$WORK"))
	if _, err := os.Stat(filepath.Join(os.Getenv("WORK"), "fail-"+os.Args[2]+"-"+root)); err == nil {
		fail("Error: as the script wants")
	}
	if _, err := os.Stat(filepath.Join(os.Getenv("WORK"), "hang-"+os.Args[2]+"-"+root)); err == nil {
		awaitInterrupt()
	}
	if os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET") == "" {
		fail("no credentials")
	}
	variables := readVariables(folder)
	switch os.Args[2] {
	case "plan", "apply":
		fmt.Println("Plan: 1 to add")
		if os.Args[2] == "apply" {
			touch(filepath.Join(folder, "applied"))
		}
	case "output":
		printOutput(folder, os.Args[4], variables)
	case "state":
		fmt.Println("alicloud_ots_instance.store\nalicloud_log_project.logs\nalicloud_ram_role.function[\"sales\"]")
	}
}

// awaitInterrupt does its work until it is interrupted, and stops in order.
func awaitInterrupt() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	touch(filepath.Join(os.Getenv("WORK"), "working"))
	<-interrupted
	record("  stopped in order")
	os.Exit(1)
}

func touch(path string) {
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		fail("%v", err)
	}
}

// readVariables refuses a variable that no file of the root declares, and a declared one
// without default that has no value.
func readVariables(folder string) map[string]any {
	text, err := os.ReadFile(filepath.Join(folder, "terraform.tfvars.json"))
	if err != nil {
		fail("%v", err)
	}
	values := map[string]any{}
	if err := json.Unmarshal(text, &values); err != nil {
		fail("%v", err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*.tf"))
	declared := map[string]bool{}
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, match := range regexp.MustCompile(`(?ms)^variable "(\w+)" \{(.*?)^\}`).FindAllStringSubmatch(string(text), -1) {
			declared[match[1]] = true
			if _, given := values[match[1]]; !given && !strings.Contains(match[2], "default") {
				fail("the variable %s has no value", match[1])
			}
		}
	}
	for name := range values {
		if !declared[name] {
			fail("no file declares the variable %s", name)
		}
	}
	return values
}

func printOutput(folder, name string, variables map[string]any) {
	if _, err := os.Stat(filepath.Join(folder, "applied")); err != nil {
		fail("Output %q not found", name)
	}
	var value any
	switch name {
	case "environment":
		value = environment(variables)
	case "public_store":
		value = fmt.Sprintf("https://%s.%s.ots.aliyuncs.com", variables["name"], variables["region"])
	case "routes":
		made := map[string]map[string]string{}
		for path, function := range variables["routes"].(map[string]any) {
			made[path] = map[string]string{"api": "api-1", "route": "hr-" + function.(string)}
		}
		value = made
	}
	_ = json.NewEncoder(os.Stdout).Encode(value)
}

// environment is what 1-foundation/outputs.tf makes.
func environment(variables map[string]any) map[string]any {
	name, region, account := variables["name"].(string), variables["region"].(string), variables["account"].(string)
	made := map[string]any{"VPC_ID": nil, "VSWITCH_ID": nil, "SECURITY_GROUP_ID": nil}
	for name, value := range doctor.Made(region, account, name) {
		if name != "PUBLIC_STORE" {
			made[name] = value
		}
	}
	if variables["vpc"] == true {
		made["VPC_ID"], made["VSWITCH_ID"], made["SECURITY_GROUP_ID"] = "vpc-1", "vsw-1", "sg-1"
	}
	return made
}

// fakeServerless is an s that records its calls, refuses a file with a value that is not
// set, as the real one does, and runs the check of s.yaml before it deploys.
func fakeServerless() {
	record("s %s", strings.Join(os.Args[1:], " "))
	if os.Args[1] == "cli" {
		printVersions()
		return
	}
	fmt.Println("the variables differ:", os.Getenv("MARKET_SECRET")) // as s prints them
	file := "s.yaml"
	if i := slices.Index(os.Args, "-t"); i > 0 {
		file = os.Args[i+1]
	}
	text, err := os.ReadFile(file)
	if err != nil {
		fail("%v", err)
	}
	var seen []string
	for _, match := range regexp.MustCompile(`env\('(\w+)'\)`).FindAllStringSubmatch(string(text), -1) {
		value := os.Getenv(match[1])
		if value == "" {
			fail("env('%s') not found", match[1])
		}
		seen = append(seen, match[1]+"="+value)
	}
	slices.Sort(seen)
	environment := strings.Join(slices.Compact(seen), "\n") + "\n"
	if err := os.WriteFile(filepath.Join(os.Getenv("WORK"), "environment"), []byte(environment), 0o600); err != nil {
		fail("%v", err)
	}
	var credentials map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(os.Args[len(os.Args)-1])), &credentials); err != nil || credentials["AccessKeySecret"] == "" {
		fail("no credentials under the alias")
	}
	record("  as %s of %s", credentials["AccessKeyID"], credentials["AccountID"])
}

// printVersions prints the versions of a function as s does: those of the script's file
// versions, if it has one.
func printVersions() {
	text, err := os.ReadFile(filepath.Join(os.Getenv("WORK"), "versions"))
	if strings.Join(os.Args[3:5], " ") == "version list" && err == nil {
		fmt.Print(string(text))
	}
}
