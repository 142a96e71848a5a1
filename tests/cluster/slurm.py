"""A SLURM of its own on this machine: munge, controller and one node of two CPUs, on loopback, in a scratch folder."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "squeue", "sbatch", "srun", "scancel")
MEMORY_MB = 6000
LOOPBACK = "127.0.0.1"

CONF = """\
ClusterName=loopback
SlurmctldHost={host}({loopback})
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SrunPortRange={srun_ports}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldDebug=info
SlurmdDebug=info
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0,default_queue_depth=50
ReturnToService=2
MinJobAge=7200
KillWait=2
NodeName={host} NodeAddr={loopback} CPUs=2 RealMemory={memory_mb} State=UNKNOWN
PartitionName=short Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def is_there() -> bool:
    """Whether SLURM and munge are installed and this process may start them."""
    return os.geteuid() == 0 and all(shutil.which(name, path=_path()) for name in PROGRAMS)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody holds now; all are open at once, so that none is given twice."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


class Slurm:
    """A running SLURM: its environment, its queue, its logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        conf = str(folder / "slurm.conf")
        self.environment = {**os.environ, "PATH": f"{folder / 'bin'}:{_path()}", "SLURM_CONF": conf}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def ask(self, *command: str) -> str:
        """What a SLURM command prints; fails with its message."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{command}: {done.stderr}\n{self.logs()}"
        return done.stdout

    def jobs(self, states: str = "all") -> dict[str, str]:
        """State of each job by id, those that have ended too."""
        listed = self.ask("squeue", "--noheader", f"--states={states}", "--format=%i|%T").split()
        return dict(line.split("|") for line in listed)

    def logs(self) -> str:
        """The last lines of each daemon's log, for the message of a failure."""
        parts = [f"-- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in self.folder.glob("*.log")]
        return "\n".join(parts)

    def start(self, name: str, *command: str) -> None:
        """Start a daemon in the foreground of a process group of its own."""
        with (self.folder / f"{name}.out.log").open("wb") as printed:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, stdout=printed, stderr=subprocess.STDOUT, start_new_session=True
            )

    def wait(self, is_ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait for something; fails with the logs, at once where a daemon has ended."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            assert not ended and time.monotonic() < deadline, f"{what} ({ended} ended)\n{self.logs()}"
            time.sleep(0.1)

    def is_idle(self) -> bool:
        """Whether the node takes jobs."""
        done = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"], env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip() == "idle"

    def stop(self) -> None:
        """Cancel what runs, then end each daemon by its id, the node first."""
        if self.is_idle() or self.processes:
            subprocess.run(["scancel", "--user=root"], env=self.environment, capture_output=True, check=False)
        for process in reversed(self.processes.values()):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wrap_srun(folder: Path) -> None:
    """Let ``srun`` know this SLURM: the executor hides ``SLURM_CONF`` from its steps, as sites keep it in /etc."""
    program = shutil.which("srun", path=_path())
    wrapper = folder / "bin" / "srun"
    wrapper.write_text(f'#!/bin/sh\nSLURM_CONF={folder / "slurm.conf"} exec {program} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)


@contextmanager
def running_slurm(folder: Path) -> Iterator[Slurm]:
    """Start a SLURM whose files all lie in the folder, wait for its node, and stop it by process ids at the end."""
    folder.mkdir(mode=0o755, parents=True)
    for name in ("state", "spool", "bin"):
        (folder / name).mkdir(mode=0o755)
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    controller_port, node_port = free_ports(2)
    conf = CONF.format(
        host=socket.gethostname().split(".")[0], loopback=LOOPBACK, controller_port=controller_port,
        node_port=node_port, srun_ports="61000-62000", folder=folder, memory_mb=MEMORY_MB,
    )  # fmt: skip
    (folder / "slurm.conf").write_text(conf, encoding="utf-8")
    _wrap_srun(folder)
    slurm = Slurm(folder)
    try:
        slurm.start(
            "munged", "munged", "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={key}",
            f"--log-file={folder}/munged.log", f"--pid-file={folder}/munged.pid", f"--seed-file={folder}/munged.seed",
        )  # fmt: skip
        slurm.wait((folder / "munge.socket").exists, "munge opens no socket")
        slurm.start("slurmctld", "slurmctld", "-D", "-c", "-f", str(folder / "slurm.conf"))
        slurm.start("slurmd", "slurmd", "-D", "-f", str(folder / "slurm.conf"))
        slurm.wait(slurm.is_idle, "the node does not become idle")
        yield slurm
    finally:
        slurm.stop()
