# The tables are made by "admin setup", which knows their schema.
resource "alicloud_ots_instance" "store" {
  name          = var.name
  description   = "Sales ledger" # the service never changes a description
  instance_type = "HighPerformance"

  # Without the lists the service shuts the Internet out. The provider sends both or none.
  # No page says whether a function without a VPC counts as VPC or as CLASSIC: both are
  # open, and RAM guards the rest.
  network_type_acl   = var.store_access == "internet" ? ["VPC", "CLASSIC", "INTERNET"] : ["VPC", "CLASSIC"]
  network_source_acl = ["TRUST_PROXY"] # the console

  lifecycle {
    prevent_destroy = true
  }
}
