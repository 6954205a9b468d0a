#include "pipeline/patient_thread.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace passaparola::pipeline {
namespace {

TEST(PatientThread, GivesWayAndItsOwnerDoesNot) {
  PatientThread patient;
  int priority = 0;
  int policy = 0;
  patient.run([&] {
    priority = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    policy = ::sched_getscheduler(0);
  });
  EXPECT_EQ(priority, 19);
  EXPECT_EQ(policy, SCHED_BATCH);
  EXPECT_LT(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), 19);
  EXPECT_GT(patient.processor_time().count(), 0);
}

TEST(PatientThread, DoesOneThingAfterTheOther) {
  std::string done;
  {
    PatientThread patient;
    patient.leave([&] { done += 'a'; });
    patient.run([&] { done += 'b'; });
    EXPECT_EQ(done, "ab");
    patient.leave([&] { done += 'c'; });
  }
  EXPECT_EQ(done, "abc");  // what was left is done before it ends
}

TEST(PatientThread, ManyMayWaitForIt) {
  PatientThread patient;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) patient.run([&] { ++count; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 400);
}

}  // namespace
}  // namespace passaparola::pipeline
