variable "region" {
  type        = string
  description = "Region of everything, such as cn-hangzhou."
}

variable "account" {
  type        = string
  description = "Number of the account."
}

variable "name" {
  type        = string
  description = "Name of the gateway and of its API."
}

variable "domain" {
  type        = string
  description = "Name by which clients address the system; with an ICP filing in a region of the mainland."
}

variable "certificate_id" {
  type        = string
  description = "Certificate of the domain in Certificate Management Service, as ID-REGION; empty: HTTP only."
  default     = ""
}

variable "qualifier" {
  type        = string
  description = "Version or alias of the functions."
  default     = "LATEST"
}

variable "routes" {
  type        = map(string)
  description = "Function of each path. The deployer makes it from the table of operations."
}

variable "vpc_id" {
  type        = string
  description = "VPC of the gateway."
}

variable "vswitch_id" {
  type        = string
  description = "Its vSwitch."
}

variable "service_role" {
  type        = bool
  description = "Whether to create the service-linked role with which the gateway calls functions. Set false where the account has it."
  default     = true
}
