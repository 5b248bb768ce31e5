variable "region" {
  type        = string
  description = "Region of everything, such as cn-hangzhou."
}

variable "account" {
  type        = string
  description = "Number of the account."

  validation {
    condition     = can(regex("^[0-9]{16}$", var.account))
    error_message = "An account number has 16 digits."
  }
}

variable "name" {
  type        = string
  description = "Name of the store, and prefix of everything else. A changed name is another store, which is empty."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.name))
    error_message = "3 to 16 of a-z, 0-9 and -, a letter first, no - last: a Tablestore instance allows no more."
  }
}

variable "store_access" {
  type        = string
  description = "internet: admin reaches the store from anywhere with a key. vpc: only from the region's networks."

  validation {
    condition     = contains(["internet", "vpc"], var.store_access)
    error_message = "internet or vpc."
  }
}

variable "log_days" {
  type        = number
  description = "Days for which logs are kept."
  default     = 90
}

variable "kms_key" {
  type        = string
  description = "ID of the KMS key that wraps the master key; empty: KMS is not used."
  default     = ""
}

variable "vpc" {
  type        = bool
  description = "Whether the functions run in a VPC of their own, to which the store is then bound."
  default     = false
}

variable "zone" {
  type        = string
  description = "Zone of the VPC's vSwitch, one in which Function Compute is offered."
  default     = ""
}

variable "service_roles" {
  type        = set(string)
  description = "Service-linked roles to create, by the product_name of EventBridge and the service_name of others. Leave out what the account has."
  default = [
    "AliyunServiceRoleForEventBridgeSourceMNS",
    "AliyunServiceRoleForEventBridgeSendToFC",
    "AliyunServiceRoleForEventBridgeSendToMNS",
    "fc.aliyuncs.com",
  ]
}
