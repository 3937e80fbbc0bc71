//! Where the system runs, by what the evidence names. It decides which commands the general steps have: on a machine
//! without Kubernetes a `kubectl` helps nobody.

use crate::evidence::lexicon::Sense;
use crate::evidence::statement::Reading;

/// What runs the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Platform {
    /// Kubernetes; taken where nothing tells.
    #[default]
    Cluster,
    /// Machines with services of their own.
    Host,
}

impl Platform {
    /// What the evidence names: one word of Kubernetes is enough, since its nodes are machines, too.
    pub fn of(reading: &Reading<'_>) -> Self {
        let mut host = false;
        for statement in reading.statements.iter().filter(|statement| !statement.hostile) {
            if statement.senses.has(Sense::Cluster) {
                return Self::Cluster;
            }
            host |= statement.senses.has(Sense::Host);
        }
        if host { Self::Host } else { Self::Cluster }
    }

    /// Lists what was changed lately.
    pub fn changes(self) -> &'static str {
        match self {
            Self::Cluster => "kubectl get replicasets -A --sort-by=.metadata.creationTimestamp | tail -20",
            Self::Host => "find /etc /opt -xdev -type f -mmin -240 2>/dev/null | head -40; last -F | head",
        }
    }

    /// Shows the errors that the service logged lately.
    pub fn errors(self) -> &'static str {
        match self {
            Self::Cluster => {
                "kubectl logs -n {namespace} deploy/{service} --since=30m | grep -i -E 'error|timeout|fatal' | tail -50"
            }
            Self::Host => {
                "journalctl -u {service} --since=-30min | grep -i -E 'error|timeout|fatal' | tail -50"
            }
        }
    }

    /// Lists the releases of `service`.
    pub fn releases(self, service: &str) -> String {
        match self {
            Self::Cluster => format!("kubectl rollout history deployment/{service} -n {{namespace}}"),
            Self::Host => {
                format!("journalctl -u {service} --since=-6h | grep -E 'Start|Stop|Reload' | tail -20")
            }
        }
    }

    /// Lists the jobs that run by a clock.
    pub fn jobs(self) -> &'static str {
        match self {
            Self::Cluster => "kubectl get cronjobs -A; crontab -l",
            Self::Host => "crontab -l; ls -l /etc/cron.d; systemctl list-timers --all",
        }
    }

    /// Takes the last release of `service` back, where one command does.
    pub fn roll_back(self, service: &str) -> Option<String> {
        match self {
            Self::Cluster => Some(format!("kubectl rollout undo deployment/{service} -n {{namespace}}")),
            Self::Host => None,
        }
    }

    /// Keeps a job from running again, where one command does.
    pub fn suspend(self) -> Option<&'static str> {
        match self {
            Self::Cluster => {
                Some("kubectl patch cronjob <job> -n {namespace} -p '{\"spec\":{\"suspend\":true}}'")
            }
            Self::Host => None,
        }
    }
}
