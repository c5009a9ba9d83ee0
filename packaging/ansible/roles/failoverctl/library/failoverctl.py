#!/usr/bin/python
# SPDX-License-Identifier: MIT
"""Runs failoverctl on a guest: what it has, whether it is well, install, keep, uninstall."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: failoverctl
short_description: Sets up a guest whose NIC is a Linux net_failover triple
description:
  - Runs C(failoverctl) on the guest, and says what it changed and whether the guest is well, as the program itself judges it.
  - A guest without a failover NIC is left alone.
options:
  state:
    description:
      - C(detected) looks at the failover NICs of the guest, and changes nothing.
      - C(present) installs, and has the running guest use it. Nothing is changed where a dry run finds nothing to do.
      - C(well) fails unless C(failoverctl status) finds nothing wrong.
      - C(kept) confirms an installation that waits for that. Nothing is changed where none does.
      - C(absent) uninstalls.
    type: str
    choices: [detected, present, well, kept, absent]
    default: present
  program:
    description: The executable on the guest.
    type: path
    default: /usr/local/sbin/failoverctl
  options:
    description: More options of C(failoverctl install), a word each.
    type: list
    elements: str
    default: []
  confirm:
    description:
      - Seconds after which a new installation is taken back unless it is kept, 30 to 3600; a timer of the guest's systemd does it.
      - C(0) installs for good.
    type: int
    default: 120
author:
  - The failoverctl developers
notes:
  - Supports C(check_mode) and C(diff).
"""

EXAMPLES = r"""
- name: Install, to be taken back in two minutes
  failoverctl:
    confirm: 120

- name: Keep it
  failoverctl:
    state: kept

- name: Fail unless the guest is well
  failoverctl:
    state: well
"""

RETURN = r"""
groups:
  description: The failover NICs, as C(failoverctl detect --json) has them.
  returned: state is detected, present or well
  type: list
  elements: dict
  sample: [{kind: net_failover, master: ens10, standby: ens10nsby, primary: ens11}]
pending:
  description: The installation will be taken back unless it is kept.
  returned: state is present
  type: bool
problems:
  description: What is wrong, in words.
  returned: state is well
  type: list
  elements: str
stdout:
  description: What failoverctl printed.
  returned: state is present, kept or absent
  type: str
"""

import json
import os

from ansible.module_utils.basic import AnsibleModule

# What failoverctl promises of its exit status.
CLEAN, FINDINGS = 0, 1


def run(module, *words):
    """Exit status, standard output, and the last lines of standard error."""
    status, stdout, stderr = module.run_command([module.params["program"]] + list(words))
    return status, stdout, stderr.strip()


def fail(module, words, status, stdout, stderr, **more):
    what = "failoverctl %s ended with %d" % (" ".join(words), status)
    module.fail_json(msg="%s: %s" % (what, stderr or stdout.strip()), rc=status, stdout=stdout, stderr=stderr, **more)


def ask(module, command):
    """The JSON that 'detect' or 'status' prints."""
    words = (command, "--json")
    status, stdout, stderr = run(module, *words)
    if status not in (CLEAN, FINDINGS):
        fail(module, words, status, stdout, stderr)
    try:
        return json.loads(stdout)
    except ValueError:
        return fail(module, words, status, stdout, stderr)


def make_present(module, groups):
    if not groups:
        module.exit_json(changed=False, groups=groups, pending=False, msg="no failover NIC")
    wanted = ["install", "--now"] + module.params["options"]
    words = wanted + ["--dry-run", "--diff"]
    status, planned, stderr = run(module, *words)
    if status not in (CLEAN, FINDINGS):
        fail(module, words, status, planned, stderr)
    if status == CLEAN:
        module.exit_json(changed=False, groups=groups, pending=False, stdout=planned)
    diff = {"prepared": planned}
    if module.check_mode:
        module.exit_json(changed=True, groups=groups, pending=False, stdout=planned, diff=diff)
    confirm = module.params["confirm"]
    words = wanted + (["--confirm", str(confirm)] if confirm else [])
    status, stdout, stderr = run(module, *words)
    pending = "unless: failoverctl install --keep" in stdout
    if status != CLEAN:
        fail(module, words, status, stdout, stderr, groups=groups, pending=pending, diff=diff)
    module.exit_json(changed=True, groups=groups, pending=pending, stdout=stdout, diff=diff)


def keep(module):
    timer = ["systemctl", "is-active", "failoverctl-rollback.timer"]
    if module.check_mode:
        stdout = module.run_command(timer)[1]
        module.exit_json(changed=stdout.strip() == "active", stdout="")
    words = ("install", "--keep")
    status, stdout, stderr = run(module, *words)
    if status == FINDINGS and "nothing is going to be taken back" in stderr:
        module.exit_json(changed=False, stdout=stdout)
    if status != CLEAN:
        fail(module, words, status, stdout, stderr)
    module.exit_json(changed=True, stdout=stdout)


def make_absent(module):
    words = ["uninstall", "--now", "--dry-run", "--diff"]
    status, planned, stderr = run(module, *words)
    if status not in (CLEAN, FINDINGS):
        fail(module, words, status, planned, stderr)
    diff = {"prepared": planned}
    if status == CLEAN or module.check_mode:
        module.exit_json(changed=status != CLEAN, stdout=planned, diff=diff)
    words = words[:2]
    status, stdout, stderr = run(module, *words)
    if status != CLEAN:
        fail(module, words, status, stdout, stderr, diff=diff)
    module.exit_json(changed=True, stdout=stdout, diff=diff)


def main():
    module = AnsibleModule(
        argument_spec={
            "state": {"choices": ["detected", "present", "well", "kept", "absent"], "default": "present"},
            "program": {"type": "path", "default": "/usr/local/sbin/failoverctl"},
            "options": {"type": "list", "elements": "str", "default": []},
            "confirm": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )
    state, program, confirm = (module.params[name] for name in ("state", "program", "confirm"))
    if confirm != 0 and not 30 <= confirm <= 3600:
        module.fail_json(msg="confirm: %d: expected 0, or 30 to 3600 seconds" % confirm)
    if not os.access(program, os.X_OK):
        if module.check_mode:
            module.exit_json(
                changed=state in ("present", "kept"),
                groups=[],
                pending=False,
                msg="'%s' is not there yet: what it would do is not known" % program,
            )
        if state == "absent":
            module.exit_json(changed=False, stdout="")
        module.fail_json(msg="program: '%s' is no executable of this guest" % program)
    if state == "kept":
        keep(module)
    if state == "absent":
        make_absent(module)
    groups = ask(module, "detect")["groups"]
    if state == "detected":
        module.exit_json(changed=False, groups=groups)
    if state == "present":
        make_present(module, groups)
    problems = [problem["message"] for problem in ask(module, "status")["problems"]] if groups else []
    if problems:
        module.fail_json(msg="not well: %s" % "; ".join(problems), groups=groups, problems=problems)
    module.exit_json(changed=False, groups=groups, problems=[])


if __name__ == "__main__":
    main()
