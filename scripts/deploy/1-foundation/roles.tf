locals {
  # The documents are made from the table of scripts/internal/cloud/policies.
  documents = "${path.module}/policies"
  places = {
    region      = var.region
    account     = var.account
    instance    = lower(alicloud_ots_instance.store.name)
    log_project = alicloud_log_project.logs.project_name
    log_store   = alicloud_log_store.functions.logstore_name
    kms_key     = var.kms_key
  }

  groups  = toset(["sales", "summary", "orders", "spi", "timer"])
  callers = var.kms_key == "" ? toset([]) : toset(["sales", "summary"])
}

resource "alicloud_ram_role" "function" {
  for_each                    = local.groups
  role_name                   = "${var.name}-${each.key}"
  description                 = "Functions of ${var.name}: ${each.key}"
  assume_role_policy_document = file("${local.documents}/trust.json")
}

# RAM keeps five versions of a policy and refuses a sixth, unless the oldest goes.
resource "alicloud_ram_policy" "function" {
  for_each        = local.groups
  policy_name     = "${var.name}-${each.key}"
  policy_document = templatefile("${local.documents}/${each.key}.json", local.places)
  rotate_strategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
}

resource "alicloud_ram_role_policy_attachment" "function" {
  for_each    = local.groups
  role_name   = alicloud_ram_role.function[each.key].role_name
  policy_name = alicloud_ram_policy.function[each.key].policy_name
  policy_type = "Custom"
}

resource "alicloud_ram_policy" "kms" {
  count           = var.kms_key == "" ? 0 : 1
  policy_name     = "${var.name}-kms"
  policy_document = templatefile("${local.documents}/kms.json", local.places)
  rotate_strategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
}

resource "alicloud_ram_role_policy_attachment" "kms" {
  for_each    = local.callers
  role_name   = alicloud_ram_role.function[each.key].role_name
  policy_name = alicloud_ram_policy.kms[0].policy_name
  policy_type = "Custom"
}

# For people who run admin and the doctor. Attach it to them yourself.
resource "alicloud_ram_policy" "operator" {
  policy_name     = "${var.name}-operator"
  policy_document = templatefile("${local.documents}/operator.json", local.places)
  rotate_strategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
}

# EventBridge takes messages from the queue, calls the function and fills the dead-letter
# queue with roles of its own.
resource "alicloud_event_bridge_service_linked_role" "this" {
  for_each     = toset([for r in var.service_roles : r if startswith(r, "AliyunServiceRoleForEventBridge")])
  product_name = each.key
}

# Function Compute exports logs and attaches to a VPC with one.
resource "alicloud_resource_manager_service_linked_role" "this" {
  for_each     = toset([for r in var.service_roles : r if !startswith(r, "AliyunServiceRoleForEventBridge")])
  service_name = each.key
}
