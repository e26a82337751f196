use modbus::{Bank, Registers};

/// What is known of both banks. A register that no frame had is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banks {
    input: Vec<Option<u16>>,
    holding: Vec<Option<u16>>,
}

impl Banks {
    /// The value of a register; `None` when it is not known.
    pub fn get(&self, bank: Bank, register: u16) -> Option<u16> {
        let values = match bank {
            Bank::Input => &self.input,
            Bank::Holding => &self.holding,
        };
        values.get(usize::from(register)).copied().flatten()
    }

    /// Whether nothing is known of a bank.
    pub fn is_empty(&self, bank: Bank) -> bool {
        match bank {
            Bank::Input => self.input.is_empty(),
            Bank::Holding => self.holding.is_empty(),
        }
    }

    /// A frame's registers are what is known of their bank from now on.
    pub fn replace(&mut self, registers: &Registers) {
        let start = registers.start.unwrap_or_default().into();
        let mut values = vec![None; start];
        values.extend(registers.values.iter().copied().map(Some));
        match registers.bank {
            Bank::Input => self.input = values,
            Bank::Holding => self.holding = values,
        }
    }

    /// Forgets a bank.
    pub fn clear(&mut self, bank: Bank) {
        match bank {
            Bank::Input => self.input.clear(),
            Bank::Holding => self.holding.clear(),
        }
    }
}
