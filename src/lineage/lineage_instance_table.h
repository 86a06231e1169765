/* lineage_instance_table.h - calls that touch an instance: ACT(eventName, kind, what it did).
 *
 * Included where ACT is defined.
 */
ACT("RunInstances", LAUNCH, "launched it")
ACT("StartInstances", START, "started it")
ACT("RebootInstances", REBOOT, "rebooted it")
ACT("StopInstances", STOP, "stopped it")
ACT("TerminateInstances", END, "terminated it")
ACT("BidEvictedEvent", END, "Spot took it back")
ACT("TerminateInstanceInAutoScalingGroup", ASK, "had Auto Scaling terminate it")
ACT("SetInstanceHealth", ASK, "told Auto Scaling how healthy it is")
ACT("DetachInstances", CHANGE, "took it out of its Auto Scaling group")
ACT("EnterStandby", CHANGE, "put it on standby in its Auto Scaling group")
ACT("ModifyInstanceAttribute", CHANGE, "changed an attribute of it")
ACT("AssociateIamInstanceProfile", CHANGE, "gave it a role")
ACT("ReplaceIamInstanceProfileAssociation", CHANGE, "gave it another role")
ACT("CreateInstanceExportTask", CHANGE, "exported it")
ACT("SendCommand", ENTER, "ran a command in it")
ACT("StartSession", ENTER, "opened a shell in it")
ACT("SendSSHPublicKey", ENTER, "put an SSH key into it")
ACT("SendSerialConsoleSSHPublicKey", ENTER, "opened its serial console")
