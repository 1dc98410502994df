"""Everything that can go wrong, each with the exit code the command line answers with.

::

    ProvenanceError                    70  our own bug, when nothing better is known
    ├── FileTrouble                        the file named
    │   ├── FileMissing                10
    │   ├── NotARegularFile            11
    │   ├── ChangedWhileRead           12
    │   ├── NotPermitted               13
    │   ├── ReadFailed                 14
    │   ├── PinUnusable                15
    │   ├── BackupUnusable             16
    │   ├── BackupBehind               17
    │   └── TimelineUnreadable         18
    ├── CredentialTrouble                  credentials and signing
    │   ├── CannotCarry                20
    │   ├── SigningFailed              21
    │   ├── KeyUnusable                22
    │   ├── SourceTypeRefused          23
    │   ├── AttestationRefused         23
    │   ├── ReadBackDiffers            24
    │   ├── DestinationExists          25
    │   ├── NotExamined                26
    │   └── SignatureRefused           27
    ├── CatalogueTrouble                   catalogue and ledger
    │   ├── CatalogueMissing           30
    │   ├── CatalogueLocked            31
    │   ├── CatalogueNewer             32
    │   ├── ChainBroken                33
    │   ├── ClockBehind                34
    │   ├── CatalogueDamaged           35
    │   ├── CatalogueMisplaced         36
    │   ├── RecordUnknown              37
    │   ├── WordsChanged               38
    │   └── AlreadyWatched             39
    ├── FormInvalid                     2  a usage error: what was filled in cannot be taken down
    ├── ConfigTrouble                  40
    │   ├── ConfigInvalid              40
    │   ├── PolicyInvalid              40
    │   ├── ChannelUnknown             40
    │   ├── ChannelNeeded               2  (a usage error: an option is missing)
    │   ├── ConfigNotAccepted          40
    │   └── ZoneTrouble                40
    └── PersonalTrouble                50  what is known of people
        ├── PersonalUnknown            51
        └── LegallyHeld                52

Only ``provenance.cli`` acts on the numbers; nothing here exits, prints or logs. ``docs/exit-codes.md`` lists the
same numbers, and a test compares the two.
"""

from typing import ClassVar


class ProvenanceError(Exception):
    """Says what happened, to which file, and (in ``help``) what to do next."""

    code: ClassVar[int] = 70
    default_help: ClassVar[str] = "This is a fault in provenance itself. Please report it with the command you ran."

    def __init__(self, message: str, *, help: str | None = None) -> None:  # noqa: A002 (the JSON field's name)
        super().__init__(message)
        self.message = message
        self.help = self.default_help if help is None else help


class FileTrouble(ProvenanceError):
    """The file named cannot be looked at."""

    code = 14
    default_help = "Nothing was decided about this file. Mend what is said above and run the command again."


class FileMissing(FileTrouble):
    """There is nothing at this path."""

    code = 10
    default_help = "Check the path. A file that was moved is found with `provenance list --all`."


class NotARegularFile(FileTrouble):
    """The path is a link, pipe, device, socket or folder where a file was asked for."""

    code = 11
    default_help = "Name the file itself. Links, pipes, devices and sockets are never followed or opened."


class ChangedWhileRead(FileTrouble):
    """The file was being written while it was read, so nothing known of it would be true."""

    code = 12
    default_help = "Wait until whatever writes this file is done, then run the command again."


class NotPermitted(FileTrouble):
    """The operating system refused to let us look."""

    code = 13
    default_help = "Give the user that runs provenance the right to read it, then run the command again."


class ReadFailed(FileTrouble):
    """The storage returned an error while the file was read."""

    code = 14
    default_help = "Check the disk or the share the file is on, then run the command again."


class PinUnusable(FileTrouble):
    """The file named holds no head of a ledger, or something beside heads."""

    code = 15
    default_help = "Name a file written by `provenance ledger head`, or a gate report as JSON, and nothing else in it."


class BackupUnusable(FileTrouble):
    """The folder named is no backup, lacks something, or is not what was backed up. Nothing was put in place."""

    code = 16
    default_help = "Nothing was put in place. Use another backup."


class BackupBehind(FileTrouble):
    """The backup ends before a head of its ledger that was pinned. Nothing was put in place."""

    code = 17
    default_help = (
        "Use a newer backup. If this is the newest there is: --older puts it in place, and says what is lost."
    )


class TimelineUnreadable(FileTrouble):
    """The file is no timeline that is known, is damaged, or points at nothing. Nothing was recorded."""

    code = 18
    default_help = "Export the timeline anew, in one of the formats that are known."


class WordRefused(ProvenanceError):
    """What somebody wants to say cannot be said of these files: it would mean nothing, or more than they saw."""

    code = 2
    default_help = "Nothing was recorded. docs/approvals.md says what each word needs."


class CredentialTrouble(ProvenanceError):
    """Something about a content credential, or the signing of one."""

    code = 26


class CannotCarry(CredentialTrouble):
    """This format has no place for an embedded credential."""

    code = 20
    default_help = "Write the credential beside the file instead: add --sidecar."


class SigningFailed(CredentialTrouble):
    """The credential could not be written; the destination was not touched."""

    code = 21
    default_help = "Nothing was written. Check the source file and the signing identity with `provenance doctor`."


class KeyUnusable(CredentialTrouble):
    """There is no signing identity, or the one configured cannot be used."""

    code = 22
    default_help = "Set [signing] in provenance.toml, or make a development identity with `provenance keys new`."


class SourceTypeRefused(CredentialTrouble):
    """The digital source type asked for is unknown, or denies what is known of the file."""

    code = 23
    default_help = "Use a source type that says what the file is, for example trainedAlgorithmicMedia."


class AttestationRefused(CredentialTrouble):
    """Somebody attests that nothing was generated, of a file that is known to be."""

    code = 23
    default_help = (
        "Nothing was recorded. Leave these files out: they need an approval, and `provenance origin` says why."
    )


class ReadBackDiffers(CredentialTrouble):
    """What was written does not read back as what was meant; it was thrown away."""

    code = 24
    default_help = "Nothing was put in place. Try --sidecar, and report the file's format if it happens again."


class DestinationExists(CredentialTrouble):
    """There is already something at the destination."""

    code = 25
    default_help = "Name another destination, or add --force to replace it."


class NotExamined(CredentialTrouble):
    """The examination itself failed: a worker died or ran out of time on this file."""

    code = 26
    default_help = "The file was recorded as unreadable and is held. `provenance doctor` shows what the machine lacks."


class SignatureRefused(CredentialTrouble):
    """A signature does not belong to what it is said to sign, or to this catalogue. Nothing was recorded."""

    code = 27
    default_help = "Nothing was recorded. Have it signed anew: --request FILE writes what is to be signed."


class CatalogueTrouble(ProvenanceError):
    """Something about the catalogue or its ledger."""

    code = 35


class CatalogueMissing(CatalogueTrouble):
    """There is no catalogue where the configuration says; it is never made anew in silence."""

    code = 30
    default_help = "It held the ledger: restore it from your backup. For a new production run `provenance init`."


class CatalogueLocked(CatalogueTrouble):
    """Another process kept the catalogue locked for longer than we wait."""

    code = 31
    default_help = "Find what holds the catalogue open (a backup, a stuck process), then run the command again."


class CatalogueNewer(CatalogueTrouble):
    """The catalogue was written by a later version of provenance."""

    code = 32
    default_help = "Update provenance on this machine; an older version must not write to it."


class ChainBroken(CatalogueTrouble):
    """An entry of the ledger, or evidence it covers, is not what was recorded."""

    code = 33
    default_help = "Do not deliver on it. Keep the file as it is, and compare it with your backups from before."


class ClockBehind(CatalogueTrouble):
    """This machine's clock stands before the newest entry of the ledger."""

    code = 34
    default_help = "Set the clock (`timedatectl`), then run the command again: dates of approvals depend on it."


class CatalogueDamaged(CatalogueTrouble):
    """The file is not a catalogue, or SQLite calls it damaged."""

    code = 35
    default_help = "Restore it from your backup. `sqlite3 FILE 'PRAGMA integrity_check'` says what is wrong."


class CatalogueMisplaced(CatalogueTrouble):
    """The catalogue would lie on network storage, where SQLite's locking is not safe."""

    code = 36
    default_help = "Set `catalogue` in provenance.toml to a folder on a local disk of this machine."


class RecordUnknown(CatalogueTrouble):
    """No record has this id."""

    code = 37
    default_help = "`provenance ledger show` lists the records with their ids."


class WordsChanged(CatalogueTrouble):
    """Somebody spoke while a delivery was judged, so what was judged may not hold any more. Nothing was answered."""

    code = 38
    default_help = "Run the check again: approvals, revocations or declarations keep arriving faster than it can end."


class AlreadyWatched(CatalogueTrouble):
    """Another daemon watches this catalogue. Two would move the same files."""

    code = 39
    default_help = "`provenance status` shows it with its process number. Stop it first, or let it go on."


class FormInvalid(ProvenanceError):
    """What was told cannot be taken down: it does not parse, names something unknown, or leaves out what is needed."""

    code = 2
    default_help = (
        "Nothing was recorded. `provenance disclose --form` writes an empty form; docs/disclosure.md explains it."
    )


class ConfigTrouble(ProvenanceError):
    """The configuration or the policy cannot be used; nothing is judged by a guess."""

    code = 40


class ConfigInvalid(ConfigTrouble):
    """provenance.toml is missing, does not parse, or stands where it must not."""

    default_help = "Mend provenance.toml; docs/configuration.md explains each key."


class PolicyInvalid(ConfigTrouble):
    """The policy does not parse, names something unknown, or says nothing."""

    default_help = 'Mend the policy file, or name a shipped one: policy = "baseline".'


class ChannelUnknown(ConfigTrouble):
    """No final zone delivers to this channel."""

    default_help = "Channels are the `channel` (or else the name) of the final zones in provenance.toml."


class ChannelNeeded(ConfigTrouble):
    """Material outside every final zone does not say by where it lies what it is delivered as."""

    code = 2
    default_help = "Add --channel, with the channel of a final zone."


class ConfigNotAccepted(ConfigTrouble):
    """Configuration or policy are not what an administrator accepted, so nothing is judged by them."""

    default_help = "See what changed: provenance config show. An administrator accepts it: provenance config accept"


class ZoneTrouble(ConfigTrouble):
    """A zone is missing, doubled, or lies inside a stricter one; or a path lies in no zone."""

    default_help = "Mend the [[zone]] tables of provenance.toml."


class PersonalTrouble(ProvenanceError):
    """The personal store cannot be used, or what it holds is not what was stored."""

    code = 50
    default_help = "Keep the file as it is, and compare it with your backups. docs/personal-data.md explains the store."


class PersonalUnknown(PersonalTrouble):
    """The personal store holds nothing under this id, or not any more."""

    code = 51
    default_help = "`provenance personal show` lists what is stored; `provenance ledger show ID` says what was erased."


class LegallyHeld(PersonalTrouble):
    """A legal hold forbids erasing this. Nothing was erased."""

    code = 52
    default_help = "It stays until the hold expires, or `provenance personal release ID` ends it."
